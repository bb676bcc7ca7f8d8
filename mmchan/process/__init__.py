"""What a process is told once, before it works: how to import, to collect garbage, to keep memory."""
