"""`python -m bot` is `nerbot`."""

import sys

from bot.cli.main import main

sys.exit(main())
