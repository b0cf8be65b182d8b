"""What follows from claims: verdicts, origins, lineage, timelines, networks, dossiers."""
