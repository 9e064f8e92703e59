"""Embeddings on this machine by MiniLM (all-MiniLM-L6-v2), on the processor, without a network.

    python -m advisor.probe.run.minilm

reads a JSON list of texts from standard input and prints their vectors as `advisor.probe.embedding` writes
them. The weights come in a package of their own, an optional extra. They are read as plain numbers, so no
code of that package runs, and only if their checksum is the one tried here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from advisor.errors import NotFound
from advisor.probe.embedding import MINILM_INSTALL, MINILM_PACKAGE, written

Matrix = npt.NDArray[np.float32]
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LAYERS, HEADS = 6, 12
MOST_TOKENS = 256
"""Tokens of a text the model was trained to read; the rest is left out."""
NORM_FLOOR = 1e-12
_HINT = (
    f"Install the weights: {MINILM_INSTALL} (90 MB). Without --no-deps, as "
    "with the extra advisor[minilm], its own loader comes along, which is not used here (1.5 GB)."
)


def weights_folder() -> Path:
    """Where the installed weights lie.

    Raises:
        NotFound: The extra is not installed, or holds other files than those tried here.
    """
    # Finds the package without running it.
    spec = importlib.util.find_spec(MINILM_PACKAGE)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise NotFound("MiniLM is not installed here.", _HINT)
    return folder


def checked(path: Path, sha256: str) -> bytes:
    """The bytes of a file, if they are the expected ones.

    Raises:
        NotFound: They are not.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound(f"{path.name} of the MiniLM package is not the file that was tried.", _HINT)
    return content


def read_tensors(content: bytes) -> dict[str, Matrix]:
    """The tensors of a safetensors file: a header of names and places, then 32-bit numbers."""
    (length,) = struct.unpack("<Q", content[:8])
    header: dict[str, dict[str, list[int]]] = json.loads(content[8 : 8 + length])
    body = memoryview(content)[8 + length :]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and str(entry["dtype"]) == "F32"
    }


class MiniLM:
    """The model: text to a vector of length one.

    Args:
        tensors: Its weights by name.
        layers: Layers of the transformer.
        heads: Heads of its attention.
    """

    def __init__(self, tensors: Mapping[str, Matrix], layers: int = LAYERS, heads: int = HEADS) -> None:
        self._tensors = tensors
        self._layers = layers
        self._heads = heads

    def vector(self, tokens: Sequence[int]) -> Matrix:
        """Mean of the last layer over all tokens, scaled to length one."""
        hidden = self._embedded(tokens)
        for layer in range(self._layers):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        mean = hidden.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), NORM_FLOOR)

    def _embedded(self, tokens: Sequence[int]) -> Matrix:
        words = self._tensors["embeddings.word_embeddings.weight"][list(tokens)]
        places = self._tensors["embeddings.position_embeddings.weight"][: len(tokens)]
        kind = self._tensors["embeddings.token_type_embeddings.weight"][0]
        return self._normed(words + places + kind, "embeddings.LayerNorm.")

    def _layer(self, hidden: Matrix, name: str) -> Matrix:
        attended = self._linear(
            self._attention(hidden, f"{name}attention.self."), f"{name}attention.output.dense."
        )
        hidden = self._normed(hidden + attended, f"{name}attention.output.LayerNorm.")
        inner = gelu(self._linear(hidden, f"{name}intermediate.dense."))
        return self._normed(hidden + self._linear(inner, f"{name}output.dense."), f"{name}output.LayerNorm.")

    def _attention(self, hidden: Matrix, name: str) -> Matrix:
        query, key, value = (
            self._split(self._linear(hidden, f"{name}{part}.")) for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1]))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (weights / weights.sum(axis=-1, keepdims=True)) @ value
        return mixed.transpose(1, 0, 2).reshape(hidden.shape)

    def _split(self, rows: Matrix) -> Matrix:
        """One matrix per head."""
        return rows.reshape(len(rows), self._heads, -1).transpose(1, 0, 2)

    def _linear(self, rows: Matrix, name: str) -> Matrix:
        return rows @ self._tensors[f"{name}weight"].T + self._tensors[f"{name}bias"]

    def _normed(self, rows: Matrix, name: str) -> Matrix:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(NORM_FLOOR))
        return centred / spread * self._tensors[f"{name}weight"] + self._tensors[f"{name}bias"]


def gelu(values: Matrix) -> Matrix:
    """x times the normal distribution at x, by Abramowitz and Stegun's 7.1.26 (error below 1.5e-7)."""
    scaled = values / np.sqrt(np.float32(2))
    t = 1 / (1 + np.float32(0.3275911) * np.abs(scaled))
    polynomial = t * (
        np.float32(0.254829592)
        + t
        * (
            np.float32(-0.284496736)
            + t * (np.float32(1.421413741) + t * (np.float32(-1.453152027) + t * np.float32(1.061405429)))
        )
    )
    error = np.sign(scaled) * (1 - polynomial * np.exp(-scaled * scaled))
    return values * (1 + error) / 2


def embed_here(texts: Sequence[str]) -> list[list[float]]:
    """The vectors of texts, one after the other.

    Raises:
        NotFound: The weights are not installed.
    """
    folder = weights_folder()
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(checked(folder / "tokenizer.json", TOKENIZER_SHA256))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    model = MiniLM(read_tensors(checked(folder / "model.safetensors", WEIGHTS_SHA256)))
    return [model.vector(tokenizer.encode(text).ids).tolist() for text in texts]


if __name__ == "__main__":
    try:
        print(written(embed_here(json.load(sys.stdin))))  # noqa: T201  its output
    except NotFound as error:
        sys.exit(str(error))
