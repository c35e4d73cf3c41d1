"""Seeds of the simulator that are played on every run."""
