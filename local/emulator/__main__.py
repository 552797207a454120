"""`python -m local.emulator`: the embedded cloud's emulator, as `local.cloud` starts it."""

from local.emulator.launch import main

main()
