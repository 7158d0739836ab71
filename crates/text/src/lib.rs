//! Text, pure: sanitised HTML, Markdown, mentions, hashtags, lengths.
