"""One function for each fact; the API, reports and alerts all ask here."""
