"""What tells the languages of texts apart: scripts, letters, syllables and words."""
