"""MMEngine's Runner and what it lacks."""
