//! The program as a person or a script runs it: commands in, text, JSON and exit codes out.

mod by_hand;
mod copies;
mod endpoints;
mod first_steps;
mod importing;
mod letting_in;
mod linking;
mod mistakes;
mod money_out;
mod program;
mod rehearsing;
mod serving;
mod shopping;
