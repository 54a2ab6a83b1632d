"""Champion and challenger: which treatment has customers pay sooner, and when one has won."""
