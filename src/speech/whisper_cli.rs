//! `whisper-cli` of whisper.cpp: run, watched, read.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::ffmpeg::{Cancel, Confinement, end};

use super::config::Limits;
use super::heard::{Heard, Phrase, Token};
use super::json::{Repaired, repair};
use super::sound::Sound;
use super::{Progress, failed, words};

/// Lines of stderr that are kept for an error.
const KEPT_LINES: usize = 4;

/// The longest line that is read of stderr.
const MAX_LINE: u64 = 1 << 16;

/// Lets the program hear `sound` and reads what it wrote.
pub(super) fn hear(
    program: &Path,
    model: &Path,
    language: Option<&str>,
    sound: &Sound,
    limits: &Limits,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Heard> {
    let out = sound.folder.path().join("heard");
    let mut command = held(program);
    command.arg("-m").arg(model).arg("-f").arg(&sound.path).args(["-l", language.unwrap_or("auto")]);
    command.args(["-ojf", "-of"]).arg(&out).args(["-np", "-pp"]).current_dir(sound.folder.path());
    let stall = limits.stall + Duration::from_secs_f64(sound.length.as_secs() / 2.0);
    run(command, program, stall, cancel, on_progress)?;
    let mut bytes = Vec::new();
    std::fs::File::open(out.with_extension("json"))
        .and_then(|file| file.take(limits.server.answer_bytes + 1).read_to_end(&mut bytes))
        .map_err(|_| failed("`whisper-cli` ended well but wrote no JSON", GET_RECENT))?;
    if bytes.len() as u64 > limits.server.answer_bytes {
        return Err(failed("what `whisper-cli` wrote is too large to be a transcript", "try another model"));
    }
    read(&bytes)
}

const GET_RECENT: &str = "`CALLSHEET_WHISPER` must be the `whisper-cli` of whisper.cpp, and a recent one";

/// The program, in a process group of its own that ends with callsheet where the system can do that.
///
/// It reads nothing but our own sound, so unlike ffmpeg it keeps the environment (`LD_LIBRARY_PATH`, `CUDA_…`) and an
/// address space without limit, which drivers of graphics cards need; only keys are none of its business.
fn held(program: &Path) -> Command {
    let mut command = if Confinement::of_system().dies_with_us {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    crate::http::withhold(&mut command);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn run(
    mut command: Command,
    program: &Path,
    stall: Duration,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    let start = |source| Error::Start { program: program.display().to_string(), source };
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(start)?;
    let (sender, receiver) = channel();
    if let Some(stderr) = child.stderr.take() {
        // Not joined: a grandchild that keeps stderr open must not keep us.
        thread::spawn(move || {
            let mut reader = BufReader::new(stderr);
            let mut line = Vec::new();
            while reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let _ = sender.send(String::from_utf8_lossy(&line).trim_end().to_owned());
                line.clear();
            }
        });
    }
    let mut last_words: VecDeque<String> = VecDeque::new();
    let mut last_sign = Instant::now();
    loop {
        match receiver.recv_timeout(Duration::from_millis(20)) {
            Ok(line) => {
                if let Some(percent) = percent(&line) {
                    last_sign = Instant::now();
                    on_progress(Progress::Heard(percent));
                } else if !line.trim().is_empty() {
                    if last_words.len() == KEPT_LINES {
                        last_words.pop_front();
                    }
                    last_words.push_back(line.chars().filter(|c| !c.is_control()).take(300).collect());
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        watch(&mut child, last_sign, stall, cancel)?;
    }
    // Stderr may be closed before the end; the wish to stop is heard until then too.
    let status = loop {
        if let Some(status) = child.try_wait().map_err(start)? {
            break status;
        }
        watch(&mut child, last_sign, stall, cancel)?;
        thread::sleep(Duration::from_millis(5));
    };
    if status.success() {
        return Ok(());
    }
    let said: Vec<String> = last_words.into_iter().collect();
    Err(explain(status.code(), &status.to_string(), &said.join(" / ")))
}

/// Ends the program when somebody wants to stop, or when it has told nothing for too long.
fn watch(child: &mut Child, last_sign: Instant, stall: Duration, cancel: &Cancel) -> Result<()> {
    if cancel.is_cancelled() {
        end(child);
        return Err(Error::Cancelled);
    }
    if last_sign.elapsed() > stall {
        end(child);
        return Err(failed(
            format!("`whisper-cli` made no progress for {} s and was ended", stall.as_secs()),
            "try a smaller model, or a server",
        ));
    }
    Ok(())
}

/// `whisper_print_progress_callback: progress =  35%`
fn percent(line: &str) -> Option<u8> {
    let (_, number) = line.split_once("progress =")?;
    number.trim().strip_suffix('%')?.trim().parse().ok().filter(|percent| *percent <= 100)
}

/// The exit codes of `examples/cli/cli.cpp`.
fn explain(code: Option<i32>, status: &str, said: &str) -> Error {
    let (what, fix) = match code {
        Some(1) => ("did not understand its arguments", GET_RECENT),
        Some(2) => ("does not know the language", "give `--language` as `ru`, `en` or `auto`"),
        Some(3) => (
            "could not load the model",
            "download it again with whisper.cpp's `models/download-ggml-model.sh`, or choose a smaller one if memory is short",
        ),
        Some(4) => ("could not read the sound", GET_RECENT),
        Some(10) => ("failed while it listened", "try a smaller model: memory may be short"),
        None => ("was ended from outside", "memory may be short: try a smaller model"),
        Some(_) => ("failed", "run it by hand to see why"),
    };
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    failed(format!("`whisper-cli` {what} ({status}){said}"), fix)
}

#[derive(Deserialize)]
struct Document {
    result: Option<Outcome>,
    transcription: Vec<Spoken>,
}

#[derive(Deserialize)]
struct Outcome {
    language: Option<String>,
}

#[derive(Deserialize)]
struct Spoken {
    offsets: Option<Offsets>,
    text: String,
    #[serde(default)]
    tokens: Vec<SpokenToken>,
}

#[derive(Deserialize)]
struct SpokenToken {
    text: String,
    offsets: Option<Offsets>,
}

/// Milliseconds.
#[derive(Deserialize)]
struct Offsets {
    from: Option<f64>,
    to: Option<f64>,
}

fn read(bytes: &[u8]) -> Result<Heard> {
    let repaired = repair(bytes);
    let document: Document = serde_json::from_str(&repaired.text)
        .map_err(|error| failed(format!("what `whisper-cli` wrote cannot be read: {error}"), GET_RECENT))?;
    let language = document.result.and_then(|result| result.language);
    let segments: Vec<Phrase> =
        document.transcription.into_iter().map(|spoken| phrase(spoken, &repaired, language.as_deref())).collect();
    if !segments.is_empty() && segments.iter().all(|phrase| phrase.start.is_none()) {
        return Err(failed("`whisper-cli` gave no times", GET_RECENT));
    }
    Ok(Heard { language, segments })
}

fn phrase(spoken: Spoken, repaired: &Repaired, language: Option<&str>) -> Phrase {
    let tokens = spoken.tokens.into_iter().map(|token| {
        let (start, end) = seconds(token.offsets.as_ref());
        Token { start, end, text: repaired.bytes_of(&token.text) }
    });
    let (start, end) = seconds(spoken.offsets.as_ref());
    let words = words::join(tokens.collect(), language);
    Phrase { start, end, text: repaired.bytes_of(&spoken.text), words, ..Phrase::default() }
}

fn seconds(offsets: Option<&Offsets>) -> (Option<f64>, Option<f64>) {
    let seconds = |milliseconds: Option<f64>| milliseconds.map(|milliseconds| milliseconds / 1000.0);
    offsets.map_or((None, None), |offsets| (seconds(offsets.from), seconds(offsets.to)))
}
