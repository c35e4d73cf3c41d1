"""The page of the design system: every component in every state, where there is a sandbox."""
