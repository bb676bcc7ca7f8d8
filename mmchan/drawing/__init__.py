"""Every picture. It takes points and plans and computes nothing."""
