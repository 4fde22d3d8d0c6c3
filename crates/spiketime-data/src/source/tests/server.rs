//! A mirror on this machine with a certificate of its own, and with every bad habit of a mirror.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use ureq::tls::{Certificate, RootCerts};

use crate::builtin::MAX_BYTES;
use crate::https::Mirrors;

/// More than any test asks: then the server stops.
const MAX_REQUESTS: usize = 32;

/// What the server says to a request.
#[derive(Clone)]
pub enum Reply {
    /// This body.
    Body(Vec<u8>),
    /// Announces all of the body, sends half of it, hangs up.
    Cut(Vec<u8>),
    /// A body of no announced length that goes on until the client hangs up, at most twice as long as
    /// the longest file.
    Endless,
    /// Sends the client elsewhere.
    Redirect(String),
}

pub struct Server {
    port: u16,
    certificate: CertificateDer<'static>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves `replies` by path over TLS; 404 for everything else.
    pub fn start(replies: BTreeMap<String, Reply>) -> Server {
        let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let certificate = key.cert.der().clone();
        let private = PrivatePkcs8KeyDer::from(key.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private.into())
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        thread::spawn(move || {
            let config = Arc::new(config);
            for stream in listener.incoming().take(MAX_REQUESTS).flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                // A client that hangs up is part of the tests.
                let _ = answer(StreamOwned::new(connection, stream), &replies, &heard);
            }
        });
        Server { port, certificate, requests }
    }

    /// The paths asked for so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// This server as the only mirror, its certificate trusted.
    pub fn trusted(&self) -> Mirrors {
        let certificate = Certificate::from_der(&self.certificate).to_owned();
        Mirrors::at(&self.url("https", "localhost"), RootCerts::Specific(Arc::new(vec![certificate])))
    }

    /// This server, by the authorities that everybody trusts.
    pub fn untrusted(&self) -> Mirrors {
        Mirrors::at(&self.url("https", "localhost"), RootCerts::WebPki)
    }

    pub fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}", self.port)
    }
}

fn answer(
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    replies: &BTreeMap<String, Reply>,
    heard: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let path = requested_path(&mut stream)?;
    heard.lock().unwrap().push(path.clone());
    match replies.get(&path) {
        None => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?,
        Some(Reply::Body(body)) => {
            head(&mut stream, "200 OK", &format!("Content-Length: {}", body.len()))?;
            stream.write_all(body)?;
        }
        Some(Reply::Cut(body)) => {
            head(&mut stream, "200 OK", &format!("Content-Length: {}", body.len()))?;
            stream.write_all(&body[..body.len() / 2])?;
        }
        Some(Reply::Endless) => {
            head(&mut stream, "200 OK", "Content-Type: application/gzip")?;
            for _ in 0..2 * MAX_BYTES / 65_536 {
                stream.write_all(&[0; 65_536])?;
            }
        }
        Some(Reply::Redirect(to)) => head(&mut stream, "302 Found", &format!("Location: {to}"))?,
    }
    stream.conn.send_close_notify();
    stream.flush()
}

fn head(stream: &mut impl Write, status: &str, field: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\n{field}\r\nConnection: close\r\n\r\n")
}

fn requested_path(stream: &mut impl Read) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8_192 {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    Ok(head.split(' ').nth(1).unwrap_or("").to_owned())
}
