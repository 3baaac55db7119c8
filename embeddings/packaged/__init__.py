"""The packaged model: an installed package's file becomes an ordinary model directory."""
