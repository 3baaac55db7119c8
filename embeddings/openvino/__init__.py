"""Models compiled for OpenVINO: compiling one, and running it without torch."""
