"""The routes of the service, one subject in each file."""
