"""`python -m local.emulator` runs the emulator of the local cloud. `local.cloud` starts it."""

from local.emulator.launch import main

main()
