//! A server of one test: it answers each connection with the next reply and keeps what was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one connection.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// These bytes, and then silence.
    Silence(Vec<u8>),
}

impl Reply {
    /// An answer in JSON.
    pub fn json(status: u16, headers: &str, body: &str) -> Self {
        Self::of(status, &format!("Content-Type: application/json;charset=UTF-8\r\n{headers}"), body)
    }

    /// An answer with headers, each ending in CRLF.
    pub fn of(status: u16, headers: &str, body: &str) -> Self {
        let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        Self::Bytes(format!("{head}{headers}\r\n{body}").into_bytes())
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves the replies in the clear.
    pub fn plain(replies: Vec<Reply>) -> Self {
        Self::start(replies, converse::<TcpStream>)
    }

    /// Serves the replies over TLS.
    pub fn tls(config: rustls::ServerConfig, replies: Vec<Reply>) -> Self {
        let config = Arc::new(config);
        Self::start(replies, move |stream, reply, requests| {
            let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            if connection.complete_io(stream).is_err() {
                // The alert is on its way: unread bytes would make the system cut it off.
                let _ = std::io::copy(stream, &mut std::io::sink());
                return;
            }
            converse(&mut rustls::Stream::new(&mut connection, stream), reply, requests);
            connection.send_close_notify();
            let _ = connection.complete_io(stream);
        })
    }

    fn start(
        replies: Vec<Reply>,
        answer: impl Fn(&mut TcpStream, &Reply, &Mutex<Vec<String>>) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        std::thread::spawn(move || {
            for reply in replies {
                let Ok((mut stream, _)) = listener.accept() else { return };
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                answer(&mut stream, &reply, &kept);
            }
        });
        Self { address, requests }
    }

    /// Every request so far, head and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn converse<S: Read + Write>(stream: &mut S, reply: &Reply, requests: &Mutex<Vec<String>>) {
    let Some(request) = read_request(stream) else { return };
    requests.lock().unwrap().push(request);
    let (Reply::Bytes(bytes) | Reply::Silence(bytes)) = reply;
    let _ = stream.write_all(bytes);
    let _ = stream.flush();
    if matches!(reply, Reply::Silence(_)) {
        let _ = stream.read(&mut [0_u8; 64]);
    }
}

fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}
