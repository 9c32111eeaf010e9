"""Simulation studies of the estimates: worlds whose truth is known, counted with the code that counts real stages."""
