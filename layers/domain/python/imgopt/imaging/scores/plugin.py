"""VapourSynth's core with the plugin that computes SSIMULACRA2. Loading it takes 70 ms, and starts no thread.

Raises ImportError where there are no wheels of it: for Python 3.11.
"""

import vapoursynth

CORE = vapoursynth.core
CORE.num_threads = 1  # a job has one core
SSIMULACRA2 = CORE.vszip.SSIMULACRA2
FRAME_FORMAT = vapoursynth.RGB24
# As VapourSynth numbers sRGB's transfer function, the matrix of RGB and the full range, so that nothing is guessed.
SRGB = {"_Transfer": 13, "_Matrix": 0, "_Range": 0}
