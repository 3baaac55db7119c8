"""What chat models write of passages: which sentences stand, and which that injections ask for."""
