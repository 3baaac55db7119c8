"""Rules of the three languages: scripts, sentences, words, names, dates."""
