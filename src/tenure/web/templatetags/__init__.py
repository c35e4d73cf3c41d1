"""Tags and filters of single pages; those of all pages stand in edge."""
