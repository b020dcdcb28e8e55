"""The commands that put articles in, built over what app.py opens for them."""
