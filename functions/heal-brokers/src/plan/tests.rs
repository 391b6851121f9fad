mod budgets;
mod enumerated;
mod ladder;
mod never;
