"""What stands around MMEngine's Runner: reading configs, checking data, launching."""
