"""Who is who: constraints, evidence, grouping and what a reviewer corrected. Arrays only."""
