"""`python -m pipeline` is the same program as `episode-subtitles`."""

import sys

from pipeline.cli import main

sys.exit(main())
