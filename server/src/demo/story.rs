//! The story: what is done, which messages must pass because of it, and what
//! must be true afterwards. To be read from top to bottom.
//!
//! The graph is small enough to draw: alice and berta follow each other,
//! carlos and dora follow alice, carlos and dora follow berta.

use super::cast::Inbox::{self, Own, Shared};
use super::cast::Place::{self, Alpha, Beta, Gamma};
use super::cast::{ALICE, BERTA, CARLOS, DORA, Person, Title};
use Deed::{
    Accept, Answer, Block, Boost, Delete, Edit, Follow, FollowInVain, Forge, Like, Lock, Reject, Unboost,
    Unfollow, Unlike, Write,
};
use Effect::{
    Answered, Answers, Apart, AtHome, Blocks, Boosts, Follows, Known, Likes, Listed, Locked, NotAtHome,
    NotListed, Reads, Says, Told, Unknown, Waits,
};
use Reader::{Anyone, As};
use domain::Visibility;
use domain::notification::NotificationKind;

/// Some steps that belong together.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) title: &'static str,
    pub(super) steps: &'static [Step],
}

/// One thing that is done, and all that comes of it.
#[derive(Debug)]
pub(super) struct Step {
    /// The sentence that announces it.
    pub(super) says: &'static str,
    pub(super) does: Deed,
    /// The messages that pass: these and no others, in no order.
    pub(super) passes: &'static [Passage],
    /// What is true when they have passed.
    pub(super) expects: &'static [Effect],
}

/// A message that is taken at an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passage {
    /// The type, with the inner one of an activity about an activity.
    pub(super) kind: &'static str,
    /// Whose key signs.
    pub(super) from: Person,
    pub(super) to: Inbox,
}

const fn passage(kind: &'static str, from: Person, to: Inbox) -> Passage {
    Passage { kind, from, to }
}

/// What people do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Follow(Person, Person),
    /// Is refused by the own server already.
    FollowInVain(Person, Person),
    Unfollow(Person, Person),
    /// Lets somebody in who waits.
    Accept(Person, Person),
    Reject(Person, Person),
    Block(Person, Person),
    /// From now on followers are approved by hand.
    Lock(Person),
    /// `@{name}` in the text becomes the person's whole handle.
    Write(Person, Title, Visibility, &'static str),
    /// The same, publicly, as an answer to the second title.
    Answer(Person, Title, Title, &'static str),
    Edit(Title, &'static str),
    Delete(Title),
    Like(Person, Title),
    Unlike(Person, Title),
    Boost(Person, Title),
    Unboost(Person, Title),
    /// Somebody tries what must not work.
    Forge(Forgery),
}

/// Messages that are not what they say, sent to dora's inbox.
#[derive(Debug, Clone, Copy)]
pub(super) enum Forgery {
    /// carlos follows dora, says nobody in particular.
    Unsigned,
    /// carlos signs another body than the one that arrives.
    Tampered,
    /// carlos signed it, but a day ago.
    Old,
    /// carlos signs that alice follows dora.
    InAnothersName,
    /// carlos signs that alice deletes this.
    Hearsay(Title),
}

/// Who asks for a document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reader {
    /// Without a signature.
    Anyone,
    /// With this person's.
    As(Person),
}

/// What must be true. What concerns two people is looked for on the servers of both.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    Follows(Person, Person),
    /// Asked, and not answered.
    Waits(Person, Person),
    /// The first does not follow the second.
    Apart(Person, Person),
    Blocks(Person, Person),
    /// The server of the first knows that the second approves followers.
    Locked(Place, Person),
    /// Who is told what because of whom.
    Told(Person, NotificationKind, Person),
    AtHome(Person, Title),
    NotAtHome(Person, Title),
    /// In the timeline of all public posts.
    Listed(Place, Title),
    NotListed(Place, Title),
    Known(Place, Title),
    Unknown(Place, Title),
    Says(Place, Title, &'static str),
    /// The first title answers the second.
    Answers(Place, Title, Title),
    Likes(Place, Title, i64),
    Boosts(Place, Title, i64),
    /// What the post's own server answers.
    Reads(Reader, Title, u16),
    /// What the forger is answered; the log says why.
    Answered(Place, u16),
}

const HELLO: Title = Title("Hello, world");
const ASIDE: Title = Title("an aside");
const CIRCLE: Title = Title("for my followers");
const LETTER: Title = Title("a letter");
const REPLY: Title = Title("a reply");
const PEARS: Title = Title("pears");
const QUIET: Title = Title("quiet again");

pub(super) const STORY: &[Scene] = &[GRAPH, POSTS, REACTIONS, CHANGES, DOORS, FORGERIES];

const GRAPH: Scene = Scene {
    title: "A social graph",
    steps: &[
        Step {
            says: "alice follows berta. Her server looks berta up by WebFinger and reads her actor; berta’s server answers the Follow with an Accept.",
            does: Follow(ALICE, BERTA),
            passes: &[passage("Follow", ALICE, Own(BERTA)), passage("Accept{Follow}", BERTA, Own(ALICE))],
            expects: &[Follows(ALICE, BERTA), Told(BERTA, NotificationKind::Follow, ALICE)],
        },
        Step {
            says: "berta follows back.",
            does: Follow(BERTA, ALICE),
            passes: &[passage("Follow", BERTA, Own(ALICE)), passage("Accept{Follow}", ALICE, Own(BERTA))],
            expects: &[Follows(BERTA, ALICE), Told(ALICE, NotificationKind::Follow, BERTA)],
        },
        Step {
            says: "carlos follows alice.",
            does: Follow(CARLOS, ALICE),
            passes: &[passage("Follow", CARLOS, Own(ALICE)), passage("Accept{Follow}", ALICE, Own(CARLOS))],
            expects: &[Follows(CARLOS, ALICE), Told(ALICE, NotificationKind::Follow, CARLOS)],
        },
        Step {
            says: "dora follows alice, who has three followers on two servers now.",
            does: Follow(DORA, ALICE),
            passes: &[passage("Follow", DORA, Own(ALICE)), passage("Accept{Follow}", ALICE, Own(DORA))],
            expects: &[Follows(DORA, ALICE), Told(ALICE, NotificationKind::Follow, DORA)],
        },
        Step {
            says: "carlos follows berta.",
            does: Follow(CARLOS, BERTA),
            passes: &[passage("Follow", CARLOS, Own(BERTA)), passage("Accept{Follow}", BERTA, Own(CARLOS))],
            expects: &[Follows(CARLOS, BERTA), Told(BERTA, NotificationKind::Follow, CARLOS)],
        },
        Step {
            says: "dora follows berta. Both live on beta: nothing has to pass.",
            does: Follow(DORA, BERTA),
            passes: &[],
            expects: &[Follows(DORA, BERTA), Told(BERTA, NotificationKind::Follow, DORA)],
        },
    ],
};

const POSTS: Scene = Scene {
    title: "Posts for all, for some, for one",
    steps: &[
        Step {
            says: "alice writes a public post. Three followers, two servers, two messages: each goes to a shared inbox.",
            does: Write(ALICE, HELLO, Visibility::Public, "Hello, world!"),
            passes: &[passage("Create", ALICE, Shared(Beta)), passage("Create", ALICE, Shared(Gamma))],
            expects: &[
                AtHome(BERTA, HELLO),
                AtHome(DORA, HELLO),
                AtHome(CARLOS, HELLO),
                Listed(Beta, HELLO),
                Listed(Gamma, HELLO),
                Reads(Anyone, HELLO, 200),
            ],
        },
        Step {
            says: "alice writes an unlisted post: open to everyone who has its address, but in no list of everyone’s posts.",
            does: Write(ALICE, ASIDE, Visibility::Unlisted, "By the way, this is not for the front page."),
            passes: &[passage("Create", ALICE, Shared(Beta)), passage("Create", ALICE, Shared(Gamma))],
            expects: &[
                AtHome(BERTA, ASIDE),
                AtHome(DORA, ASIDE),
                AtHome(CARLOS, ASIDE),
                NotListed(Beta, ASIDE),
                NotListed(Gamma, ASIDE),
                Reads(Anyone, ASIDE, 200),
            ],
        },
        Step {
            says: "alice writes for her followers only. Who asks without a signature is told that there is no such post.",
            does: Write(ALICE, CIRCLE, Visibility::Followers, "Only you who follow me can read this."),
            passes: &[passage("Create", ALICE, Shared(Beta)), passage("Create", ALICE, Shared(Gamma))],
            expects: &[
                AtHome(BERTA, CIRCLE),
                AtHome(DORA, CIRCLE),
                AtHome(CARLOS, CIRCLE),
                NotListed(Beta, CIRCLE),
                Reads(Anyone, CIRCLE, 404),
                Reads(As(CARLOS), CIRCLE, 200),
            ],
        },
        Step {
            says: "alice writes to carlos alone. The message goes to his own inbox and nowhere else; berta follows her and does not get it.",
            does: Write(ALICE, LETTER, Visibility::Direct, "@{carlos} a word for you alone"),
            passes: &[passage("Create", ALICE, Own(CARLOS))],
            expects: &[
                Told(CARLOS, NotificationKind::Mention, ALICE),
                Known(Gamma, LETTER),
                Unknown(Beta, LETTER),
                NotAtHome(BERTA, LETTER),
                Reads(Anyone, LETTER, 404),
                Reads(As(BERTA), LETTER, 404),
                Reads(As(CARLOS), LETTER, 200),
            ],
        },
    ],
};

const REACTIONS: Scene = Scene {
    title: "Replies, likes, boosts",
    steps: &[
        Step {
            says: "carlos replies to alice. Nobody follows him, so his reply goes to whom it answers, and beta never hears of it.",
            does: Answer(CARLOS, REPLY, HELLO, "@{alice} hello from gamma!"),
            passes: &[passage("Create", CARLOS, Shared(Alpha))],
            expects: &[
                Told(ALICE, NotificationKind::Mention, CARLOS),
                Answers(Alpha, REPLY, HELLO),
                Answers(Gamma, REPLY, HELLO),
                Unknown(Beta, REPLY),
                Reads(Anyone, REPLY, 200),
            ],
        },
        Step {
            says: "dora likes alice’s post. A like is between the two of them: it goes to the author only.",
            does: Like(DORA, HELLO),
            passes: &[passage("Like", DORA, Own(ALICE))],
            expects: &[
                Told(ALICE, NotificationKind::Like, DORA),
                Likes(Alpha, HELLO, 1),
                Likes(Beta, HELLO, 1),
                Likes(Gamma, HELLO, 0),
            ],
        },
        Step {
            says: "berta boosts alice’s post: an Announce to her followers and to the author, with only the post’s address in it.",
            does: Boost(BERTA, HELLO),
            passes: &[passage("Announce", BERTA, Shared(Alpha)), passage("Announce", BERTA, Shared(Gamma))],
            expects: &[
                Told(ALICE, NotificationKind::Boost, BERTA),
                Boosts(Alpha, HELLO, 1),
                Boosts(Beta, HELLO, 1),
                Boosts(Gamma, HELLO, 1),
            ],
        },
        Step {
            says: "dora writes a public post. She has no followers elsewhere, so it stays on beta.",
            does: Write(DORA, PEARS, Visibility::Public, "The pears are ripe."),
            passes: &[],
            expects: &[Known(Beta, PEARS), Unknown(Alpha, PEARS), Unknown(Gamma, PEARS)],
        },
        Step {
            says: "berta boosts it. alpha and gamma do not know the post: both fetch it from beta before they show it.",
            does: Boost(BERTA, PEARS),
            passes: &[passage("Announce", BERTA, Shared(Alpha)), passage("Announce", BERTA, Shared(Gamma))],
            expects: &[
                Told(DORA, NotificationKind::Boost, BERTA),
                Says(Alpha, PEARS, "The pears are ripe."),
                Says(Gamma, PEARS, "The pears are ripe."),
                AtHome(ALICE, PEARS),
                AtHome(CARLOS, PEARS),
            ],
        },
    ],
};

const CHANGES: Scene = Scene {
    title: "Second thoughts",
    steps: &[
        Step {
            says: "alice edits her first post: an Update with the whole new post.",
            does: Edit(HELLO, "Hello, world! (Now with fewer mistakes.)"),
            passes: &[passage("Update", ALICE, Shared(Beta)), passage("Update", ALICE, Shared(Gamma))],
            expects: &[
                Says(Alpha, HELLO, "fewer mistakes"),
                Says(Beta, HELLO, "fewer mistakes"),
                Says(Gamma, HELLO, "fewer mistakes"),
                Told(BERTA, NotificationKind::Update, ALICE),
            ],
        },
        Step {
            says: "dora takes her like back.",
            does: Unlike(DORA, HELLO),
            passes: &[passage("Undo{Like}", DORA, Own(ALICE))],
            expects: &[Likes(Alpha, HELLO, 0), Likes(Beta, HELLO, 0)],
        },
        Step {
            says: "berta takes her boost of the pears back.",
            does: Unboost(BERTA, PEARS),
            passes: &[
                passage("Undo{Announce}", BERTA, Shared(Alpha)),
                passage("Undo{Announce}", BERTA, Shared(Gamma)),
            ],
            expects: &[
                Boosts(Alpha, PEARS, 0),
                Boosts(Beta, PEARS, 0),
                Boosts(Gamma, PEARS, 0),
                NotAtHome(ALICE, PEARS),
                NotAtHome(CARLOS, PEARS),
            ],
        },
        Step {
            says: "alice deletes the unlisted post. What is left is a tombstone: whoever asks is told that it is gone for good.",
            does: Delete(ASIDE),
            passes: &[passage("Delete", ALICE, Shared(Beta)), passage("Delete", ALICE, Shared(Gamma))],
            expects: &[
                Unknown(Alpha, ASIDE),
                Unknown(Beta, ASIDE),
                Unknown(Gamma, ASIDE),
                NotAtHome(BERTA, ASIDE),
                Reads(Anyone, ASIDE, 410),
            ],
        },
    ],
};

const DOORS: Scene = Scene {
    title: "Who may follow",
    steps: &[
        Step {
            says: "carlos unfollows berta: an Undo of the Follow he sent.",
            does: Unfollow(CARLOS, BERTA),
            passes: &[passage("Undo{Follow}", CARLOS, Own(BERTA))],
            expects: &[Apart(CARLOS, BERTA)],
        },
        Step {
            says: "berta locks her account: from now on she approves her followers. The servers of her followers get her new profile.",
            does: Lock(BERTA),
            passes: &[passage("Update", BERTA, Shared(Alpha))],
            expects: &[Locked(Beta, BERTA), Locked(Alpha, BERTA)],
        },
        Step {
            says: "carlos asks to follow berta again. There is no answer yet.",
            does: Follow(CARLOS, BERTA),
            passes: &[passage("Follow", CARLOS, Own(BERTA))],
            expects: &[Waits(CARLOS, BERTA), Told(BERTA, NotificationKind::FollowRequest, CARLOS)],
        },
        Step {
            says: "berta says no.",
            does: Reject(BERTA, CARLOS),
            passes: &[passage("Reject{Follow}", BERTA, Own(CARLOS))],
            expects: &[Apart(CARLOS, BERTA)],
        },
        Step {
            says: "carlos asks once more.",
            does: Follow(CARLOS, BERTA),
            passes: &[passage("Follow", CARLOS, Own(BERTA))],
            expects: &[Waits(CARLOS, BERTA), Told(BERTA, NotificationKind::FollowRequest, CARLOS)],
        },
        Step {
            says: "berta says yes.",
            does: Accept(BERTA, CARLOS),
            passes: &[passage("Accept{Follow}", BERTA, Own(CARLOS))],
            expects: &[Follows(CARLOS, BERTA), Told(BERTA, NotificationKind::Follow, CARLOS)],
        },
        Step {
            says: "alice blocks carlos. He follows her no more, and to him her posts look as if they had never been.",
            does: Block(ALICE, CARLOS),
            passes: &[passage("Block", ALICE, Own(CARLOS))],
            expects: &[
                Blocks(ALICE, CARLOS),
                Apart(CARLOS, ALICE),
                NotAtHome(CARLOS, HELLO),
                Reads(As(CARLOS), HELLO, 404),
                Reads(Anyone, HELLO, 200),
            ],
        },
        Step {
            says: "alice writes again. Nothing goes to gamma any more.",
            does: Write(ALICE, QUIET, Visibility::Public, "It is quiet again."),
            passes: &[passage("Create", ALICE, Shared(Beta))],
            expects: &[AtHome(BERTA, QUIET), Unknown(Gamma, QUIET)],
        },
        Step {
            says: "carlos tries to follow alice again. His own server knows of the block and does not even ask.",
            does: FollowInVain(CARLOS, ALICE),
            passes: &[],
            expects: &[Apart(CARLOS, ALICE)],
        },
    ],
};

const FORGERIES: Scene = Scene {
    title: "What must not work",
    steps: &[
        Step {
            says: "Somebody posts, without a signature, that carlos follows dora.",
            does: Forge(Forgery::Unsigned),
            passes: &[],
            expects: &[Answered(Beta, 401), Apart(CARLOS, DORA)],
        },
        Step {
            says: "carlos signs a message, and its body is changed on the way.",
            does: Forge(Forgery::Tampered),
            passes: &[],
            expects: &[Answered(Beta, 401), Apart(CARLOS, DORA)],
        },
        Step {
            says: "Somebody repeats what carlos signed a day ago.",
            does: Forge(Forgery::Old),
            passes: &[],
            expects: &[Answered(Beta, 401), Apart(CARLOS, DORA)],
        },
        Step {
            says: "carlos signs, with his own good key, that alice follows dora.",
            does: Forge(Forgery::InAnothersName),
            passes: &[],
            expects: &[Answered(Beta, 403), Apart(ALICE, DORA)],
        },
        Step {
            says: "He passes on that alice deletes her post. Nobody believes him: beta asks alpha, where it is.",
            does: Forge(Forgery::Hearsay(HELLO)),
            passes: &[passage("Delete", CARLOS, Own(DORA))],
            expects: &[Says(Beta, HELLO, "fewer mistakes"), AtHome(DORA, HELLO)],
        },
    ],
};
