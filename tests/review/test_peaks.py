from pathlib import Path

import numpy as np
import soundfile

from pipeline.review.peaks import PEAKS_PER_S, read_peaks


def test_each_peak_is_the_loudest_sample_of_its_20_ms(tmp_path: Path) -> None:
    # Longer than one of the decoder's blocks, and not a whole number of peaks.
    samples = np.zeros(21 * 16000 + 100, dtype=np.int16)
    samples[3 * 16000] = 12800
    samples[20 * 16000 - 1] = -32768
    samples[-1] = 300
    path = tmp_path / "x.wav"
    soundfile.write(path, samples, 16000)
    peaks = read_peaks(path)
    assert len(peaks) == 21 * PEAKS_PER_S + 1
    loud = {at: value for at, value in enumerate(peaks) if value}
    assert loud == {3 * PEAKS_PER_S: 100, 20 * PEAKS_PER_S - 1: 255, 21 * PEAKS_PER_S: 2}
