//! Whether a site lets programs read a page (RFC 9309).

/// A line of a site's `robots.txt` that says something about a path.
struct Rule<'a> {
    pattern: &'a str,
    allows: bool,
}

/// Whether a site with this `robots.txt` lets `agent` (lower case) read a path.
/// The rules for the agent by name come before those for everyone; of those
/// that fit, the longest decides, and of two as long the kinder.
pub fn allows(robots: &str, agent: &str, path: &str) -> bool {
    let rules = rules_for(robots, agent).or_else(|| rules_for(robots, "*")).unwrap_or_default();
    let fitting = rules.iter().filter(|rule| fits(rule.pattern, path));
    fitting.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
}

fn rules_for<'a>(robots: &'a str, agent: &str) -> Option<Vec<Rule<'a>>> {
    let mut found: Option<Vec<Rule<'a>>> = None;
    let (mut is_ours, mut in_names) = (false, false);
    for line in robots.lines().take(5000) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "user-agent" => {
                // Several names in a row share the rules that follow.
                is_ours = (in_names && is_ours) || value.eq_ignore_ascii_case(agent);
                in_names = true;
                if is_ours {
                    found.get_or_insert_default();
                }
            }
            kind @ ("allow" | "disallow") => {
                in_names = false;
                // An empty rule forbids nothing.
                if let Some(rules) = found.as_mut().filter(|_| is_ours && !value.is_empty()) {
                    rules.push(Rule { pattern: value, allows: kind == "allow" });
                }
            }
            _ => (),
        }
    }
    found
}

/// Whether a pattern with `*` and a closing `$` fits the beginning of a path.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return !to_the_end || rest.is_empty() };
    for part in between {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    if to_the_end { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_for_us_decides() {
        let robots = "# hello\nUser-agent: antiphon\nUser-Agent: other\nDisallow: /private\nAllow: /private/open\n\n\
            User-agent: *\nDisallow: /\n";
        for (path, expected) in
            [("/", true), ("/private/x", false), ("/private/open/x", true), ("/privately", false)]
        {
            assert_eq!(allows(robots, "antiphon", path), expected, "{path}");
        }
        assert!(!allows(robots, "somebody", "/"));
        assert!(allows("", "antiphon", "/"));
        assert!(allows("User-agent: *\nDisallow:\n", "antiphon", "/"));
        assert!(allows("<html>not found</html>", "antiphon", "/"));
    }

    #[test]
    fn patterns_have_stars_and_ends() {
        for (pattern, path, expected) in [
            ("/a", "/abc", true),
            ("/*.pdf$", "/x/y.pdf", true),
            ("/*.pdf$", "/x/y.pdf?z", false),
            ("/a*c", "/abbbcd", true),
            ("/a*c", "/abbb", false),
            ("/a$", "/a", true),
            ("/a$", "/ab", false),
            ("*", "/x", true),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }
}
