"""Rules for Vietnamese, Chinese and English text: scripts, sentences, words, names, dates."""
