//! Boots servers in process, plays peers, drives clock and chance.
