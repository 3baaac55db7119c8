"""Plain data of articles and passages that stays inside the process."""
