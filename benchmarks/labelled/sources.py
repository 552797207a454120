"""The packages whose pictures are labelled: none of them is in the corpus that thresholds were set on before."""

from benchmarks.sources import Source


def _package(name: str, version: str, sha256: str) -> Source:
    return Source("npm", name, version, sha256, "MIT", ())


LABELLED = (
    _package("argon-design-system-free", "1.2.0", "0ec937277280d61ce0b54e029543d1719c1d731ee85bcd2582a7757e31a618ea"),
    _package("gentelella", "4.2.0", "42868c216515716c1f958d86459965b2d978d717eac912e456a2c540fed1e25d"),
    _package("material-kit", "2.0.4", "543712c988b2697c61a7ef6c9527ebf850b21b56e1bdfd7258fc6d333f725602"),
    _package("paper-kit-2", "2.1.0", "ea262b722403d0b838682218476775fe6500d13bc2b265000837cb613c8e7657"),
    _package("startbootstrap-agency", "7.0.12", "bc49d5677d6fd30ee77ce33c3baad729494153ffd94a893992414f2a8e8fecd4"),
    _package("startbootstrap-creative", "7.0.7", "746c2e46c5292e797358c90533ed695fbeb6ceff58ad7fd43284d93e9c3d0555"),
    _package(
        "startbootstrap-one-page-wonder", "6.0.6", "89d73d008c1bcf8b5c882afbce8dca89742cd4f0f2db8abd42be3a36165fc411"
    ),
    _package("tabler-ui", "0.0.34", "04167737bbd743dc4f504b5a0f38bf0afe3e79b75352f057c22dbd79d276c899"),
    _package(
        "@creative-tim-official/argon-dashboard",
        "2.0.4",
        "b29202d594548e060bf153daff5721aa9f1717519a6803c2c8f74552139eaa1c",
    ),
)
