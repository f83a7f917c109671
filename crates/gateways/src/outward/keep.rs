//! Large answers, kept in a file as they come.

use std::fs::File;
use std::io::{Seek, Write};

use super::{Answer, Outward, OutwardError, Request, told};

/// An answer whose body is in a file.
#[derive(Debug)]
pub struct Kept {
    /// The answer without its body.
    pub answer: Answer,
    /// The body, or its beginning; nobody else can open it, and it is gone once it is closed. Empty unless the
    /// status is 2xx.
    pub file: File,
}

impl Outward {
    /// Sends a request and keeps the answer's body in a temporary file. `progress` is told how many bytes have
    /// come, and of how many if the answer says so.
    pub async fn keep(
        &self,
        request: Request,
        progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Kept, OutwardError> {
        let (within, at_most) = (self.within(&request), self.at_most(&request));
        let host = request.to.host().to_owned();
        let told = |error| told(error, host.clone(), within);
        let sent = request.built_for(self).timeout(within).send().await.map_err(&told)?;
        let of_bytes = sent.content_length();
        let (mut sent, mut answer) = Answer::begin(sent);
        let mut file = tempfile::tempfile().map_err(OutwardError::Keep)?;
        if !answer.is_success() {
            return Ok(Kept { answer, file });
        }
        let at_most = u64::try_from(at_most).unwrap_or(u64::MAX);
        let mut bytes = 0;
        while let Some(chunk) = sent.chunk().await.map_err(&told)? {
            bytes += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if bytes > at_most {
                answer.is_cut = true;
                break;
            }
            // Short writes to the system's cache: no thread waits for a disk here.
            file.write_all(&chunk).map_err(OutwardError::Keep)?;
            progress(bytes, of_bytes);
        }
        file.rewind().map_err(OutwardError::Keep)?;
        Ok(Kept { answer, file })
    }
}
