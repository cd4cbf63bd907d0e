-- Root at a size and the proof up to a larger one, from the stored tree.
select
    private.log_range_hash(0, %(old)s) as root,
    private.log_consistency_path(%(old)s, %(new)s) as path
