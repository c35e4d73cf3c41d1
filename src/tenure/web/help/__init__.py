"""The questions that buyers ask, answered from the policy in force."""
