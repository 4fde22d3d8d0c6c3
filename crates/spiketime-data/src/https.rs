//! The public mirrors of both data sets, over HTTPS only.
//!
//! The original MNIST site is dead; PyTorch's and CVDF's buckets carry its files, Zalando's bucket
//! those of Fashion-MNIST.

use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

use crate::builtin::DatasetName;
use crate::builtin::MAX_BYTES;
use crate::file::DataFile;

const MNIST: [&str; 2] =
    ["https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"];
const FASHION_MNIST: [&str; 1] = ["https://fashion-mnist.s3-website.eu-central-1.amazonaws.com"];

const CONNECT: Duration = Duration::from_secs(5);
const FIRST_BYTE: Duration = Duration::from_secs(20);
/// 26 MB at 50 kB/s.
const WHOLE: Duration = Duration::from_secs(600);

/// Base addresses of both sets, and whom to trust.
#[derive(Clone, Debug)]
pub struct Mirrors {
    mnist: Vec<String>,
    fashion_mnist: Vec<String>,
    agent: Agent,
}

impl Mirrors {
    /// The mirrors that work for people, trusting the usual certificate authorities.
    #[must_use]
    pub fn public() -> Mirrors {
        let owned = |urls: &[&str]| urls.iter().map(ToString::to_string).collect();
        Mirrors {
            mnist: owned(&MNIST),
            fashion_mnist: owned(&FASHION_MNIST),
            agent: agent(RootCerts::WebPki, Proxy::try_from_env()),
        }
    }

    /// No mirror at all.
    #[must_use]
    pub fn none() -> Mirrors {
        Mirrors { mnist: Vec::new(), fashion_mnist: Vec::new(), agent: agent(RootCerts::WebPki, None) }
    }

    /// One mirror of both sets with certificates of its own, asked without a proxy.
    #[must_use]
    pub fn at(base_url: &str, roots: RootCerts) -> Mirrors {
        let urls = vec![base_url.to_owned()];
        Mirrors { mnist: urls.clone(), fashion_mnist: urls, agent: agent(roots, None) }
    }

    /// The addresses of a file, to be tried in order.
    pub(crate) fn urls(&self, set: DatasetName, file: DataFile) -> Vec<String> {
        let bases = match set {
            DatasetName::Mnist => &self.mnist,
            DatasetName::FashionMnist => &self.fashion_mnist,
        };
        bases.iter().map(|base| format!("{base}/{}.gz", file.name())).collect()
    }

    /// The body of a reply, at most as long as the largest file.
    pub(crate) fn download(&self, url: &str) -> Result<Vec<u8>, ureq::Error> {
        self.agent.get(url).call()?.body_mut().with_config().limit(MAX_BYTES as u64).read_to_vec()
    }
}

fn agent(roots: RootCerts, proxy: Option<Proxy>) -> Agent {
    Agent::config_builder()
        .https_only(true)
        .proxy(proxy)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(FIRST_BYTE))
        .timeout_global(Some(WHOLE))
        .build()
        .into()
}
