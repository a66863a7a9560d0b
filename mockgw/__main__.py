"""`python -m mockgw`."""

from mockgw.cli import main

main()
