"""`open_array`: what it reads, and the line a user gets for every file it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from microtome.activations import INPUT, ArrayActivations, open_array
from microtome.errors import ActivationError

SHAPE_CURE = "Give a .npy file, or a .safetensors file with one tensor, of shape [rows, width]."


def refusal(path: Path) -> str:
    with pytest.raises(ActivationError) as caught:
        open_array(str(path))
    text = str(caught.value)
    assert "\n" not in text
    return text


def saved(path: Path, array: np.ndarray) -> Path:
    np.save(path, array, allow_pickle=True)
    return path


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    assert refusal(path) == f"'{path}' is not there, expected a file of activations. Check the path."
    (tmp_path / "folder.npy").mkdir()
    assert "is not there" in refusal(tmp_path / "folder.npy")


def test_a_wrong_suffix(tmp_path: Path) -> None:
    for name, suffix in (("x.npz", ".npz"), ("x.pt", ".pt"), ("x", "")):
        path = tmp_path / name
        path.write_bytes(b"anything")
        assert refusal(path) == f"'{path}' ends in '{suffix}', expected .npy or .safetensors. {SHAPE_CURE}"


def test_pickled_objects_are_not_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return Path.touch, (Path(str(tmp_path / "exploded")),)  # type: ignore[return-value]

    path = tmp_path / "x.npy"
    np.save(path, np.array([[Bomb()]], dtype=object), allow_pickle=True)
    text = refusal(path)
    assert text.startswith(f"'{path}' cannot be read (")
    assert text.endswith(SHAPE_CURE)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("kept", [0, 4, 60, 200])
def test_files_cut_short(kept: int, tmp_path: Path) -> None:
    x = np.ones((64, 8), dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    save_file({"x": torch.from_numpy(x)}, tmp_path / "x.safetensors")
    for name in ("x.npy", "x.safetensors"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:kept])
        text = refusal(path)
        assert text.startswith(f"'{path}' cannot be read (")
        assert text.endswith(f"), it may be cut short. {SHAPE_CURE}")


@pytest.mark.parametrize(
    ("array", "described"),
    [
        (np.zeros(5, dtype=np.float32), "float32 of shape (5,)"),
        (np.zeros((2, 2, 2, 2), dtype=np.float32), "float32 of shape (2, 2, 2, 2)"),
        (np.zeros((3, 2), dtype=np.complex64), "complex64 of shape (3, 2)"),
        (np.float32(3), "float32 of shape ()"),
    ],
)
def test_other_shapes_and_types(array: np.ndarray, described: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "x.npy", array)
    assert refusal(path) == f"'{path}' holds {described}, expected numbers of shape [rows, width]. {SHAPE_CURE}"


def test_complex_and_flat_tensors(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file({"x": torch.zeros(7)}, path)
    assert (
        refusal(path)
        == f"'{path}' holds torch.float32 of shape (7,), expected numbers of shape [rows, width]. {SHAPE_CURE}"
    )
    save_file({"x": torch.zeros(3, 2, dtype=torch.complex64)}, path)
    assert refusal(path).startswith(f"'{path}' holds torch.complex64 of shape (3, 2), expected numbers")


@pytest.mark.parametrize(
    "array",
    [
        np.array([["a", "b"], ["c", "d"]]),
        np.array([[b"a", b"b"]]),
        np.zeros((3, 2), dtype="datetime64[s]"),
        np.zeros((3, 2), dtype=[("a", "<f4")]),
    ],
    ids=["text", "bytes", "dates", "records"],
)
def test_what_is_not_numbers(array: np.ndarray, tmp_path: Path) -> None:
    assert "expected numbers of shape [rows, width]" in refusal(saved(tmp_path / "x.npy", array))


def test_the_other_byte_order(tmp_path: Path) -> None:
    x = np.arange(6, dtype=">f4").reshape(3, 2)
    source = ArrayActivations(
        {INPUT: open_array(str(saved(tmp_path / "x.npy", x)))}, name="x", seed=0, window_tokens=64
    )
    np.testing.assert_array_equal(next(source.windows(0)).columns[INPUT].numpy(), x)


def test_several_tensors(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file({"a": torch.zeros(2, 2), "b": torch.ones(2, 2)}, path)
    assert refusal(path) == (
        f"'{path}' holds 2 tensors (a, b), expected one. Save the activations as the only tensor of the file."
    )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_safetensors_of_every_float(dtype: torch.dtype, tmp_path: Path) -> None:
    x = torch.randn(130, 3).to(dtype)
    save_file({"x": x}, tmp_path / "x.safetensors")
    array = open_array(str(tmp_path / "x.safetensors"))
    source = ArrayActivations({INPUT: array}, name="x", seed=0, window_tokens=64)
    assert torch.equal(torch.cat([window.columns[INPUT] for window in source.in_order()]), x)
    assert source.identity()["rows"] == 130


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32, np.uint8])
def test_npy_of_every_number(dtype: type, tmp_path: Path) -> None:
    x = np.arange(260).reshape(130, 2).astype(dtype)
    source = ArrayActivations(
        {INPUT: open_array(str(saved(tmp_path / "x.npy", x)))}, name="x", seed=0, window_tokens=64
    )
    found = torch.cat([window.columns[INPUT] for window in source.in_order()])
    np.testing.assert_array_equal(found.numpy(), x)


def test_batches_of_sequences_are_flattened(tmp_path: Path) -> None:
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.testing.assert_array_equal(open_array(str(saved(tmp_path / "x.npy", x))), x.reshape(6, 4))
    save_file({"x": torch.from_numpy(x)}, tmp_path / "x.safetensors")
    assert torch.equal(open_array(str(tmp_path / "x.safetensors")), torch.from_numpy(x).reshape(6, 4))


def test_identity_notices_other_contents() -> None:
    x = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    same, other = (
        ArrayActivations({INPUT: array}, name="x", seed=0, window_tokens=64).identity() for array in (x.copy(), x + 1)
    )
    assert same == ArrayActivations({INPUT: x}, name="x", seed=0, window_tokens=64).identity()
    assert {key for key in same if same[key] != other[key]} == {"probe"}
