//! Runs one of the programs to its end: reads what it says, watches that it goes on, ends it when told to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ffmpeg_sidecar::event::{FfmpegEvent, LogLevel};
use ffmpeg_sidecar::log_parser::FfmpegLogParser;

use crate::error::{Error, Result};

/// A wish to stop, shared with whoever may utter it (a Ctrl-C handler, a server's cancel).
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    wished: Arc<AtomicBool>,
    /// A wish that holds for this one too.
    above: Option<Box<Self>>,
}

impl Cancel {
    /// Nobody wants to stop yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A wish of its own that is uttered with this one, but does not utter it.
    #[must_use]
    pub fn below(&self) -> Self {
        Self { wished: Arc::default(), above: Some(Box::new(self.clone())) }
    }

    /// Ends what runs under this wish, soon.
    pub fn cancel(&self) {
        self.wished.store(true, Ordering::SeqCst);
    }

    /// Whether somebody wants to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.wished.load(Ordering::SeqCst) || self.above.as_ref().is_some_and(|above| above.is_cancelled())
    }
}

/// What a running program tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many frames are encoded (`frame=` of `-progress pipe:1`).
    Frames(u64),
}

/// What a program left behind.
#[derive(Debug)]
pub struct Output {
    /// Everything on stdout, where it was not `-progress`.
    pub stdout: Vec<u8>,
    /// The last of what it said on stderr, without progress and banners.
    pub words: String,
}

/// How long a program may say nothing before it counts as stuck.
const STALL: Duration = Duration::from_secs(120);

/// How long a program has to end by itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);

/// How many lines of stderr are kept for an error.
const KEPT_LINES: usize = 40;

/// How many are kept where they are the answer: two for each pause of a day of speech.
const KEPT_LOG: usize = 100_000;

/// How many lines the log parser may fail to understand before the pipe itself counts as broken.
const MAX_UNREAD: usize = 100_000;

/// Stdout beyond this is not a probe's answer (and progress is a few kilobytes).
const MAX_STDOUT: u64 = 64 << 20;

/// How a program's words are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Stdout is the answer; warnings and errors are kept.
    Answer,
    /// Stdout is `-progress` output; warnings and errors are kept.
    Progress,
    /// Stdout is `-progress` output; what is said for information is kept too.
    Log,
}

enum Message {
    Frames(u64),
    Stdout(Vec<u8>),
    Words(String),
    Alive,
}

/// Runs `command` to its end and calls `on_event` for what it tells on the way.
///
/// A program that fails is [`Error::Ffmpeg`] with its last words; one that is silent for two minutes is ended
/// ([`Error::Stalled`]).
pub fn run(mut command: Command, reading: Reading, cancel: &Cancel, on_event: &mut dyn FnMut(Event)) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| Error::Start { program, source })?;
    let (sender, receiver) = channel();
    let mut readers = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let sender = sender.clone();
        readers.push(thread::spawn(move || {
            if reading == Reading::Answer { read_all(stdout, &sender) } else { read_progress(stdout, &sender) }
        }));
    }
    if let Some(stderr) = child.stderr.take() {
        readers.push(thread::spawn(move || read_words(stderr, reading == Reading::Log, &sender)));
    }
    let mut output = Output { stdout: Vec::new(), words: String::new() };
    let mut last_sign = Instant::now();
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(Message::Frames(frames)) => on_event(Event::Frames(frames)),
            Ok(Message::Stdout(bytes)) => output.stdout = bytes,
            Ok(Message::Words(words)) => output.words = words,
            Ok(Message::Alive) => {}
            Err(RecvTimeoutError::Timeout) => {
                if cancel.is_cancelled() {
                    end(&mut child);
                    return Err(Error::Cancelled);
                }
                if last_sign.elapsed() > STALL {
                    end(&mut child);
                    return Err(Error::Stalled(STALL.as_secs()));
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
        last_sign = Instant::now();
        if cancel.is_cancelled() {
            end(&mut child);
            return Err(Error::Cancelled);
        }
    }
    for reader in readers {
        // A reader that panicked has lost words for an error message, nothing else.
        let _ = reader.join();
    }
    let status = child.wait().map_err(|source| Error::Start { program: "ffmpeg".into(), source })?;
    if status.success() {
        return Ok(output);
    }
    let lines: Vec<&str> = output.words.lines().collect();
    let words = lines.get(lines.len().saturating_sub(KEPT_LINES)..).unwrap_or_default().join("\n");
    Err(Error::Ffmpeg { status: status.to_string(), words })
}

fn read_all(stdout: impl Read, sender: &Sender<Message>) {
    let mut bytes = Vec::new();
    let _ = stdout.take(MAX_STDOUT).read_to_end(&mut bytes);
    let _ = sender.send(Message::Stdout(bytes));
}

fn read_progress(stdout: impl Read, sender: &Sender<Message>) {
    let mut last = 0;
    let mut heard = String::new();
    for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
        if let Some(frames) = line.strip_prefix("frame=").and_then(|count| count.trim().parse().ok()) {
            // A stuck ffmpeg goes on repeating the same count: only a new one is a sign of life.
            if frames != last || frames == 0 {
                let _ = sender.send(Message::Frames(frames));
            }
            last = frames;
        } else if let Some(time) = line.strip_prefix("out_time_us=")
            && time != heard
        {
            // Sound alone has no frames to count.
            time.clone_into(&mut heard);
            let _ = sender.send(Message::Alive);
        }
    }
}

fn read_words(stderr: impl Read, all: bool, sender: &Sender<Message>) {
    let mut kept: VecDeque<String> = VecDeque::new();
    let mut parser = FfmpegLogParser::new(BufReader::new(stderr));
    let mut unread = 0;
    loop {
        // Whatever comes, stderr is drained to its end: an ffmpeg that nobody listens to blocks.
        let event = match parser.parse_next_event() {
            Ok(event) => event,
            Err(_) if unread < MAX_UNREAD => {
                unread += 1;
                continue;
            }
            Err(_) => break,
        };
        let line = match event {
            FfmpegEvent::LogEOF => break,
            FfmpegEvent::Log(LogLevel::Warning | LogLevel::Error | LogLevel::Fatal | LogLevel::Unknown, line)
            | FfmpegEvent::Error(line) => line,
            FfmpegEvent::Log(LogLevel::Info, line) if all => line,
            _ => continue,
        };
        if kept.len() == if all { KEPT_LOG } else { KEPT_LINES } {
            kept.pop_front();
        }
        kept.push_back(line);
        let _ = sender.send(Message::Alive);
    }
    let _ = sender.send(Message::Words(kept.into_iter().collect::<Vec<_>>().join("\n")));
}

/// Ends the whole process group: politely, then not.
pub(crate) fn end(child: &mut Child) {
    signal(child, false);
    let asked = Instant::now();
    while asked.elapsed() < GRACE {
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    signal(child, true);
    let _ = child.wait();
}

#[cfg(unix)]
fn signal(child: &Child, kill: bool) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = if kill { Signal::KILL } else { Signal::TERM };
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // The group is gone already if this fails.
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(not(unix))]
fn signal(child: &mut Child, kill: bool) {
    if kill {
        let _ = child.kill();
    }
}
