"""Releases on the Hub, by a client that works on a folder: listing, choosing, fetching what is needed, publishing."""

from __future__ import annotations

import fnmatch
import shutil
from pathlib import Path

import pytest

from microtome.dictionaries import save_dictionary
from microtome.errors import ArtifactError, FormatError
from microtome.formats import Foreign, open_dictionary, push
from microtome.formats.hub import Release, fetch, release_on_hub
from microtome.formats.recognise import members
from tests.formats.conftest import FIXTURES, random_dictionary


class FolderClient:
    """What `HfApi` does, on folders: `root/owner/name` are the repositories."""

    def __init__(self, root: Path, downloads: Path) -> None:
        self.root, self.downloads = root, downloads
        self.fetched: list[str] = []

    def list_repo_files(self, repo_id: str, *, revision: str | None = None) -> list[str]:
        base = self.root / repo_id
        if not base.is_dir() or revision not in (None, "v1"):
            raise OSError("404 not found")
        return [path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file()]

    def snapshot_download(
        self, repo_id: str, *, revision: str | None = None, allow_patterns: list[str] | None = None
    ) -> str:
        for name in self.list_repo_files(repo_id, revision=revision):
            if any(fnmatch.fnmatch(name, pattern) for pattern in allow_patterns or ["*"]):
                target = self.downloads / repo_id / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.root / repo_id / name, target)
                self.fetched.append(name)
        return str(self.downloads / repo_id)

    def create_repo(self, repo_id: str, *, private: bool = False, exist_ok: bool = False) -> None:
        (self.root / repo_id).mkdir(parents=True, exist_ok=exist_ok)

    def upload_folder(
        self,
        *,
        repo_id: str,
        folder_path: str,
        path_in_repo: str,
        commit_message: str,
        ignore_patterns: list[str] | None = None,
    ) -> None:
        left = shutil.ignore_patterns(*ignore_patterns or [])
        shutil.copytree(folder_path, self.root / repo_id / path_in_repo, dirs_exist_ok=True, ignore=left)


@pytest.fixture
def client(tmp_path: Path) -> FolderClient:
    shutil.copytree(FIXTURES / "sparsify", tmp_path / "hub" / "owner" / "sparse")
    scope = FIXTURES / "gemma_scope" / "gemma-scope-2b-pt-transcoders" / "layer_1" / "width_16k" / "average_l0_7"
    for layer, width, l0 in ((1, "16k", 7), (1, "16k", 80), (1, "65k", 90), (2, "16k", 70)):
        target = tmp_path / "hub" / "google" / "gemma-scope-2b-pt-res"
        shutil.copytree(scope, target / f"layer_{layer}" / f"width_{width}" / f"average_l0_{l0}")
    return FolderClient(tmp_path / "hub", tmp_path / "downloads")


def opened(reference: str, client: FolderClient) -> Foreign:
    base = reference.partition("?")[0]
    found = open_dictionary(reference, release=release_on_hub(base, client))
    assert isinstance(found, Foreign)
    return found


@pytest.mark.parametrize(
    ("query", "site", "fetched"),
    [
        ("?site=1.resid_post&width=16k&l0=75", "1.resid_post", "layer_1/width_16k/average_l0_80"),
        ("?site=1.resid_post&l0=100", "1.resid_post", "layer_1/width_65k/average_l0_90"),
        ("?site=2.resid_post", "2.resid_post", "layer_2/width_16k/average_l0_70"),
        ("/layer_1/width_16k/average_l0_7", "1.resid_post", "layer_1/width_16k/average_l0_7"),
        ("@v1/layer_2", "2.resid_post", "layer_2/width_16k/average_l0_70"),
    ],
)
def test_a_member_is_chosen_and_only_it_is_fetched(client: FolderClient, query: str, site: str, fetched: str) -> None:
    found = opened(f"google/gemma-scope-2b-pt-res{query}", client)
    assert (found.site_in, found.model) == (site, "google/gemma-2-2b")
    assert {name.rpartition("/")[0] for name in client.fetched} == {fetched}


def test_a_hookpoint_of_sparsify(client: FolderClient) -> None:
    assert opened("owner/sparse/skip/layers.1.mlp", client).dictionary.config.kind == "skip_transcoder"


def test_an_unknown_release_is_one_line(client: FolderClient) -> None:
    with pytest.raises(FormatError) as error:
        opened("owner/none", client)
    assert str(error.value) == (
        "the release 'owner/none' cannot be reached on the Hub (OSError: 404 not found). "
        "Check its name and the network, or give a folder."
    )


def test_a_release_with_several_asks_for_a_choice(client: FolderClient) -> None:
    with pytest.raises(FormatError, match="holds 4 dictionaries that fit: layer_1/width_16k/average_l0_7, "):
        opened("google/gemma-scope-2b-pt-res", client)


def test_published_with_a_card_and_read_back(client: FolderClient, tmp_path: Path) -> None:
    facts = {
        "site_in": "9.mlp_out",
        "site_out": "9.mlp_out",
        "seed": 3,
        "data": {"model": {"id": "google/gemma-3-270m"}, "text": {"name": "wiki | <b>.txt"}},
    }
    own = random_dictionary("sae", "batchtopk")
    save_dictionary(own, tmp_path / "own", facts=facts)
    assert (
        push(tmp_path / "own", "me/slices", client=client, path_in_repo="9.mlp_out")
        == "https://huggingface.co/me/slices"
    )
    found = opened("me/slices/9.mlp_out", client)
    assert (found.site_in, found.model, found.dictionary.config) == ("9.mlp_out", "google/gemma-3-270m", own.config)
    card = (tmp_path / "hub" / "me" / "slices" / "9.mlp_out" / "README.md").read_text()
    assert 'base_model: "google/gemma-3-270m"' in card
    assert "| text | wiki \\| &lt;b>.txt |" in card
    assert "open_dictionary('me/slices/9.mlp_out')" in card


def test_the_card_has_the_metrics_of_the_run(client: FolderClient, tmp_path: Path) -> None:
    import numpy as np

    from microtome.evaluation import Metrics
    from microtome.evaluation.storage import save_evaluation

    run = tmp_path / "run"
    save_dictionary(random_dictionary(), run / "dictionaries" / "9.mlp_out")
    (run / "run.json").write_text("{}")
    arrays = {key: np.zeros(16) for key in ("count", "mean", "max")} | {"cosine_histogram": np.zeros(100)}
    from microtome.evaluation.metrics import COSINE_EDGES

    arrays["cosine_histogram"] = np.zeros(len(COSINE_EDGES) - 1)
    save_evaluation(run, "9.mlp_out", Metrics(values={"fvu": 0.125}, arrays=arrays), None)
    push(run / "dictionaries" / "9.mlp_out", "me/measured", client=client)
    assert "| fvu | 0.125 |" in (tmp_path / "hub" / "me" / "measured" / "README.md").read_text()


def test_a_damaged_dictionary_is_not_published(client: FolderClient, tmp_path: Path) -> None:
    save_dictionary(random_dictionary(), tmp_path / "own")
    weights = tmp_path / "own" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-5])
    with pytest.raises(ArtifactError, match="it was cut short"):
        push(tmp_path / "own", "me/slices", client=client)
    with pytest.raises(FormatError, match="got the repository 'slices', expected owner/name"):
        push(tmp_path / "own", "slices", client=client)


@pytest.mark.parametrize(
    ("fixture", "format", "more"),
    [
        ("saelens/whitened_gated", "saelens", ()),
        ("sparsify/topk/layers.3", "sparsify", ()),
        ("dictionary_learning/gated/trainer_0", "dictionary_learning", ("checkpoints/ae_0.pt",)),
        ("circuit_tracer/relu", "circuit-tracer", ("layer_3/layer_0.safetensors", "features/0.bin")),
        ("circuit_tracer/clt", "circuit-tracer", ()),
        ("gemma_scope/gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_7", "gemma-scope", ()),
        ("gemma_scope/gemma-scope-2-270m-pt/transcoder_all/layer_1_width_16k_l0_small_affine", "gemma-scope-2", ()),
        ("gemma_scope/gemma-scope-2-270m-pt/clt/width_262k_l0_medium", "gemma-scope-2-clt", ()),
    ],
)
@pytest.mark.parametrize("inside", ["", "a/b"])
def test_of_a_member_its_own_files_are_fetched_and_nothing_else(
    client: FolderClient, fixture: str, format: str, more: tuple[str, ...], inside: str
) -> None:
    base = client.root / "owner" / "release"
    shutil.copytree(FIXTURES / fixture, base / inside)
    own = {path.relative_to(base).as_posix() for path in (base / inside).iterdir()}
    own.discard(f"{inside}/expected.safetensors".lstrip("/"))
    for name in (*more, "README.md", "expected.safetensors", "optimizer.bin", "notes/large.bin", "deeper/cfg.json"):
        (base / inside / name).parent.mkdir(parents=True, exist_ok=True)
        (base / inside / name).write_bytes(b"large")
    if inside:
        (base / "config.json").write_text("{}")
    member = next(one for one in members(client.list_repo_files("owner/release")) if one.path == inside)
    assert member.format == format
    found = fetch(release(client), member)
    assert set(client.fetched) == own | ({"config.json"} if inside else set())
    open_dictionary(found)


def release(client: FolderClient) -> Release:
    found = release_on_hub("owner/release", client)
    assert found is not None
    return found


def test_names_with_signs_of_patterns_are_files_too(client: FolderClient) -> None:
    base = client.root / "owner" / "release" / "x[1]"
    shutil.copytree(FIXTURES / "saelens" / "topk", base)
    assert opened("owner/release", client).format == "saelens"
    assert {name.rpartition("/")[2] for name in client.fetched} == {"cfg.json", "sae_weights.safetensors"}


def own_dictionary(folder: Path, model: str = "google/gemma-3-270m", site: str = "9.mlp_out") -> Path:
    save_dictionary(random_dictionary(), folder, facts={"site_in": site, "site_out": site, "model": model})
    return folder


def test_a_repository_of_several_has_a_page_that_lists_them(client: FolderClient, tmp_path: Path) -> None:
    for name, model in (("9.mlp_out", "google/gemma-3-270m"), ("a/3.resid_post", "openai-community/gpt2")):
        own = own_dictionary(tmp_path / name, model, name.rpartition("/")[2])
        push(own, "me/slices", client=client, path_in_repo=name)
    page = (client.root / "me" / "slices" / "README.md").read_text()
    assert page.startswith(
        "---\nlibrary_name: microtome\ntags:\n- sparse-autoencoder\n- interpretability\n- microtome\n"
        'base_model:\n- "google/gemma-3-270m"\n- "openai-community/gpt2"\n---\n'
    )
    assert "| [9.mlp_out](<9.mlp_out>) | 9.mlp_out | microtome |\n" in page
    assert "| [a/3.resid_post](<a/3.resid_post>) | 3.resid_post | microtome |\n" in page
    assert "open_dictionary('me/slices/9.mlp_out')" in page
    assert "# sae of 3.resid_post" in (client.root / "me" / "slices" / "a" / "3.resid_post" / "README.md").read_text()
    # Published again, it is the same page.
    push(tmp_path / "9.mlp_out", "me/slices", client=client, path_in_repo="9.mlp_out/")
    assert (client.root / "me" / "slices" / "README.md").read_text() == page


@pytest.mark.parametrize("where", ["root", "folder"])
def test_a_page_that_somebody_wrote_stays(client: FolderClient, tmp_path: Path, where: str) -> None:
    own = own_dictionary(tmp_path / "own")
    page = client.root / "me" / "slices" / "README.md"
    if where == "root":
        page.parent.mkdir(parents=True)
        page.write_text("# Mine\n")
        push(own, "me/slices", client=client, path_in_repo="9.mlp_out")
        assert "# sae of" in (page.parent / "9.mlp_out" / "README.md").read_text()
    else:
        (own / "README.md").write_text("# Mine\n")
        push(own, "me/slices", client=client)
    assert page.read_text() == "# Mine\n"


@pytest.mark.parametrize("inside", ["", "a/9.mlp_out"])
@pytest.mark.parametrize("card_in_the_folder", [False, True])
def test_a_page_on_the_hub_that_somebody_wrote_stays(
    client: FolderClient, tmp_path: Path, inside: str, card_in_the_folder: bool
) -> None:
    own = own_dictionary(tmp_path / "own")
    page = client.root / "me" / "slices" / inside / "README.md"
    push(own, "me/slices", client=client, path_in_repo=inside)
    card = page.read_text()
    assert "# sae of 9.mlp_out" in card
    if card_in_the_folder:
        (own / "README.md").write_text(card)
    # A card of ours is written anew; without its mark it is somebody's.
    page.write_text(card.replace("# sae of", "# old"))
    push(own, "me/slices", client=client, path_in_repo=inside)
    assert page.read_text() == card
    mine = card[: card.index("<!--")].encode() + "# Über\n".encode("latin-1")
    page.write_bytes(mine)
    push(own, "me/slices", client=client, path_in_repo=inside)
    assert page.read_bytes() == mine


def test_a_listing_stays_when_one_goes_into_the_root(client: FolderClient, tmp_path: Path) -> None:
    page = client.root / "me" / "slices" / "README.md"
    push(own_dictionary(tmp_path / "a"), "me/slices", client=client, path_in_repo="a")
    push(own_dictionary(tmp_path / "b", "openai-community/gpt2"), "me/slices", client=client)
    listing = page.read_text()
    assert "| (here) | " in listing and "| [a](<a>) | " in listing
    assert '- "google/gemma-3-270m"\n- "openai-community/gpt2"\n' in listing
    assert "open_dictionary('me/slices/a')" in listing
    # In the other order it is the same page.
    push(tmp_path / "b", "me/other", client=client)
    assert "# sae of" in (client.root / "me" / "other" / "README.md").read_text()
    push(tmp_path / "a", "me/other", client=client, path_in_repo="a")
    other = (client.root / "me" / "other" / "README.md").read_text()
    assert [row for row in other.splitlines() if row.startswith("|")] == [
        row for row in listing.splitlines() if row.startswith("|")
    ]
    assert '- "openai-community/gpt2"\n- "google/gemma-3-270m"\n' in other


@pytest.mark.parametrize(
    ("line", "kept"),
    [('- "a"b/c"', False), ("- owner/'x", True), ("- [1, 2]", True), ("base_model: {", False)],
)
def test_a_listing_that_somebody_edited_is_written_anew(
    client: FolderClient, tmp_path: Path, line: str, kept: bool
) -> None:
    page = client.root / "me" / "slices" / "README.md"
    push(own_dictionary(tmp_path / "a"), "me/slices", client=client, path_in_repo="a")
    page.write_text(page.read_text().replace("base_model:\n", f"base_model:\n{line}\n"))
    push(own_dictionary(tmp_path / "b", "openai-community/gpt2"), "me/slices", client=client, path_in_repo="b")
    assert "| [b](<b>) | " in page.read_text()
    assert ('- "google/gemma-3-270m"\n' in page.read_text()) == kept


def test_only_one_dictionary_of_ours_is_published(client: FolderClient, tmp_path: Path) -> None:
    for name in ("a", "b"):
        own_dictionary(tmp_path / "run" / "dictionaries" / name)
    shutil.copytree(FIXTURES / "saelens" / "topk", tmp_path / "sae")
    for folder, line in (
        (
            tmp_path / "run",
            "holds 2 dictionaries (dictionaries/a, dictionaries/b), expected one. Name one of them.",
        ),
        (
            tmp_path / "sae",
            "holds a dictionary in the format saelens, expected one of microtome. Convert it --to microtome.",
        ),
    ):
        with pytest.raises(FormatError) as error:
            push(folder, "me/slices", client=client)
        assert str(error.value) == f"'{folder}' {line}"
    assert not (client.root / "me").exists()


def test_members_are_known_by_their_files() -> None:
    listing = [
        "a/cfg.json", "a/sae_weights.safetensors", "b/cfg.json", "b/sae.safetensors", "c/ae.pt", "c/config.json",
        "d/hyperparams.json", "d/checkpoints/final.safetensors", "e/config.yaml", "e/layer_0.safetensors",
        "e/layer_1.safetensors", "f/W_enc_0.safetensors", "f/config.yaml", "g/12.pt", "g/12_cfg.json", "h/6.pt",
        "i/params.safetensors", "j/params_layer_0.safetensors", "j/params_layer_1.safetensors", "README.md",
    ]  # fmt: skip
    assert {member.path: member.format for member in members(listing)} == {
        "a": "saelens",
        "b": "sparsify",
        "c": "dictionary_learning",
        "d": "llama-scope",
        "e": "circuit-tracer",
        "f": "circuit-tracer",
        "g/12.pt": "one-layer",
        "h/6.pt": "openai",
        "i": "gemma-scope-2",
        "j": "gemma-scope-2-clt",
    }
