"""Sample data for a stage: answers, documents, sheets and ballots that look real, made from a seed and marked as samples."""
