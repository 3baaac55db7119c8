"""The packaged model: from the file that a package ships to an ordinary model directory."""
