
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "pot_entries": {
                  Row: {
                    "cancelled_at": string | null,"correlation_id": string | null,"created_at": string,"credits_spent": number,"device_hash": string | null,"entrant_tag": string,"first_ticket": number | null,"holder_rank": number | null,"id": string,"ip_hash": string | null,"pot_id": string,"region": string | null,"salt": string,"seq": number,"stripe": number,"ticket_count": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "cancelled_at"?: string | null,"correlation_id"?: string | null,"created_at": string,"credits_spent": number,"device_hash"?: string | null,"entrant_tag": string,"first_ticket"?: number | null,"holder_rank"?: number | null,"id": string,"ip_hash"?: string | null,"pot_id": string,"region"?: string | null,"salt": string,"seq"?: never,"stripe": number,"ticket_count": number,"user_id": string
                  }
                  Update: {
                    "cancelled_at"?: string | null,"correlation_id"?: string | null,"created_at"?: string,"credits_spent"?: number,"device_hash"?: string | null,"entrant_tag"?: string,"first_ticket"?: number | null,"holder_rank"?: number | null,"id"?: string,"ip_hash"?: string | null,"pot_id"?: string,"region"?: string | null,"salt"?: string,"seq"?: never,"stripe"?: number,"ticket_count"?: number,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"pots": {
                  Row: {
                    "cancelled_at": string | null,"commit_hash": string | null,"commit_tag": string,"created_at": string,"draw_version": number,"entries_root": string | null,"entry_cost": number,"id": string,"lock_digest": string | null,"locked_at": string | null,"locks_at": string,"max_per_user": number,"max_tickets": number,"pause_reason": string | null,"paused_at": string | null,"reveal_seed": string | null,"rules_hash": string,"rules_text": string,"settled_at": string | null,"status": Database["public"]['Enums']["pot_status"],"total_tickets": number | null,"winner_user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "cancelled_at"?: string | null,"commit_hash"?: string | null,"commit_tag": string,"created_at": string,"draw_version": number,"entries_root"?: string | null,"entry_cost": number,"id": string,"lock_digest"?: string | null,"locked_at"?: string | null,"locks_at": string,"max_per_user": number,"max_tickets": number,"pause_reason"?: string | null,"paused_at"?: string | null,"reveal_seed"?: string | null,"rules_hash": string,"rules_text": string,"settled_at"?: string | null,"status"?: Database["public"]['Enums']["pot_status"],"total_tickets"?: number | null,"winner_user_id"?: string | null
                  }
                  Update: {
                    "cancelled_at"?: string | null,"commit_hash"?: string | null,"commit_tag"?: string,"created_at"?: string,"draw_version"?: number,"entries_root"?: string | null,"entry_cost"?: number,"id"?: string,"lock_digest"?: string | null,"locked_at"?: string | null,"locks_at"?: string,"max_per_user"?: number,"max_tickets"?: number,"pause_reason"?: string | null,"paused_at"?: string | null,"reveal_seed"?: string | null,"rules_hash"?: string,"rules_text"?: string,"settled_at"?: string | null,"status"?: Database["public"]['Enums']["pot_status"],"total_tickets"?: number | null,"winner_user_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"pots_audit": {
                  Row: {
                    "action": string,"actor_id": string,"created_at": string,"id": number,"metadata": NonNullable<Json>,"payload": string,"payload_hash": string,"pot_id": string,"prev_hash": string,"reason": string | null,"row_hash": string,"seq": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor_id": string,"created_at": string,"id"?: never,"metadata": NonNullable<Json>,"payload": string,"payload_hash": string,"pot_id": string,"prev_hash": string,"reason"?: string | null,"row_hash": string,"seq": number
                  }
                  Update: {
                    "action"?: string,"actor_id"?: string,"created_at"?: string,"id"?: never,"metadata"?: NonNullable<Json>,"payload"?: string,"payload_hash"?: string,"pot_id"?: string,"prev_hash"?: string,"reason"?: string | null,"row_hash"?: string,"seq"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "pots_audit_pot_id_fkey"
      columns: ["pot_id"]
isOneToOne: false
      referencedRelation: "pots"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "ack_alert":
{ Args: { "alert_id": string,"reason": string }; Returns: Json
                           },
"ack_events":
{ Args: { "consumer": string,"up_to": number }; Returns: Json
                           },
"add_commitments":
{ Args: { "commitments": Json }; Returns: Json
                           },
"attest_lock":
{ Args: { "orchestrator_signature": string,"pot_id": string }; Returns: Json
                           },
"cancel_entry":
{ Args: { "entry_id": string }; Returns: Json
                           },
"cheer_pot":
{ Args: { "pot_id": string,"reaction": string }; Returns: Json
                           },
"claim_deliveries":
{ Args: { "lease_seconds"?: number,"max_deliveries"?: number,"per_webhook"?: number }; Returns: Database["public"]['CompositeTypes']["claimed_delivery"][]
                          SetofOptions: {
        from: "*"
        to: "claimed_delivery"
        isOneToOne: false
        isSetofReturn: true
      } },
"claim_settlement":
{ Args: { "pot_id"?: string }; Returns: Json
                           },
"create_pot":
{ Args: { "draw_version"?: number,"entry_cost": number,"fill_seconds"?: number,"max_per_user": number,"max_tickets": number,"min_participants"?: number,"pot_id"?: string }; Returns: Json
                           },
"create_webhook":
{ Args: { "description"?: string,"events"?: Json,"min_prize"?: number,"url": string }; Returns: Json
                           },
"erase_player":
{ Args: { "forfeit"?: boolean,"reason": string,"user_id": string }; Returns: Json
                           },
"exclude_entry":
{ Args: { "entry_id": string,"reason": string }; Returns: Json
                           },
"export_pot":
{ Args: { "identified"?: boolean,"pot_id": string,"reason": string }; Returns: Json
                           },
"fairness_stats":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"fan_out_webhooks":
{ Args: { "max_events"?: number }; Returns: Json
                           },
"get_audit_chain":
{ Args: { "after_seq"?: number,"page_size"?: number,"pot_id": string }; Returns: Database["public"]['CompositeTypes']["audit_chain_row"][]
                          SetofOptions: {
        from: "*"
        to: "audit_chain_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"get_case":
{ Args: { "after"?: string,"page_size"?: number,"pot_id": string }; Returns: Json
                           },
"get_checkpoint":
{ Args: { "size"?: number }; Returns: Json
                           },
"get_consistency_proof":
{ Args: { "new_size": number,"old_size": number }; Returns: Json
                           },
"get_inclusion_proof":
{ Args: { "pot_id": string,"seq": number,"tree_size": number }; Returns: Json
                           },
"get_pot":
{ Args: { "pot_id": string }; Returns: Json
                           },
"get_proof":
{ Args: { "pot_id": string }; Returns: Json
                           },
"get_retention":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"grant_credits":
{ Args: { "amount": number,"idempotency_key": string,"reason": string,"user_id": string }; Returns: Json
                           },
"hold_stats":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"join_pot":
{ Args: { "idempotency_key"?: string,"pot_id": string,"ticket_count": number }; Returns: Json
                           },
"join_pots":
{ Args: { "batch": Json }; Returns: Json
                           },
"list_alerts":
{ Args: { "after"?: string,"page_size"?: number,"status"?: string }; Returns: Database["public"]['CompositeTypes']["alert"][]
                          SetofOptions: {
        from: "*"
        to: "alert"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_awaited_beacons":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["awaited_beacon"][]
                          SetofOptions: {
        from: "*"
        to: "awaited_beacon"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_beacon_chains":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["beacon_chain"][]
                          SetofOptions: {
        from: "*"
        to: "beacon_chain"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_cases":
{ Args: { "after"?: string,"needs"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["case_summary"][]
                          SetofOptions: {
        from: "*"
        to: "case_summary"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_erasures":
{ Args: { "after"?: string,"page_size"?: number,"waiting"?: boolean }; Returns: Database["public"]['CompositeTypes']["erasure_case"][]
                          SetofOptions: {
        from: "*"
        to: "erasure_case"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_event_consumers":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["event_consumer"][]
                          SetofOptions: {
        from: "*"
        to: "event_consumer"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_flag_policies":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["flag_policy"][]
                          SetofOptions: {
        from: "*"
        to: "flag_policy"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_flags":
{ Args: { "after"?: string,"page_size"?: number,"pot_id"?: string,"status"?: string }; Returns: Database["public"]['CompositeTypes']["fraud_flag"][]
                          SetofOptions: {
        from: "*"
        to: "fraud_flag"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_guard_rails":
{ Args: { "after"?: number,"page_size"?: number,"scope"?: string,"scope_id"?: string }; Returns: Database["public"]['CompositeTypes']["guard_rail"][]
                          SetofOptions: {
        from: "*"
        to: "guard_rail"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_live_drops":
{ Args: { "after"?: number,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["live_drop"][]
                          SetofOptions: {
        from: "*"
        to: "live_drop"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_lock_entries":
{ Args: { "after_ticket"?: number,"page_size"?: number,"pot_id": string }; Returns: Database["public"]['CompositeTypes']["lock_entry"][]
                          SetofOptions: {
        from: "*"
        to: "lock_entry"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_log_leaves":
{ Args: { "after"?: number,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["log_leaf"][]
                          SetofOptions: {
        from: "*"
        to: "log_leaf"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_officers":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["officer"][]
                          SetofOptions: {
        from: "*"
        to: "officer"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_pots":
{ Args: { "after"?: string,"max_value"?: number,"min_value"?: number,"page_size"?: number,"status"?: Database["public"]['Enums']["pot_status"] }; Returns: Database["public"]['CompositeTypes']["pot_summary"][]
                          SetofOptions: {
        from: "*"
        to: "pot_summary"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_staff":
{ Args: { "after"?: string,"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["staff_member"][]
                          SetofOptions: {
        from: "*"
        to: "staff_member"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_webhook_deliveries":
{ Args: { "after"?: number,"page_size"?: number,"status"?: string,"webhook_id"?: string }; Returns: Database["public"]['CompositeTypes']["webhook_delivery"][]
                          SetofOptions: {
        from: "*"
        to: "webhook_delivery"
        isOneToOne: false
        isSetofReturn: true
      } },
"list_webhooks":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["webhook"][]
                          SetofOptions: {
        from: "*"
        to: "webhook"
        isOneToOne: false
        isSetofReturn: true
      } },
"lock_pot":
{ Args: { "pot_id": string }; Returns: Json
                           },
"metric_aborts":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_aborts"][]
                          SetofOptions: {
        from: "*"
        to: "metric_aborts"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_churn":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_churn"][]
                          SetofOptions: {
        from: "*"
        to: "metric_churn"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_fill_time":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_fill_time"][]
                          SetofOptions: {
        from: "*"
        to: "metric_fill_time"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_flags":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_flags"][]
                          SetofOptions: {
        from: "*"
        to: "metric_flags"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_joins":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_joins"][]
                          SetofOptions: {
        from: "*"
        to: "metric_joins"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_payouts":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_payouts"][]
                          SetofOptions: {
        from: "*"
        to: "metric_payouts"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_refusals":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_refusals"][]
                          SetofOptions: {
        from: "*"
        to: "metric_refusals"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_settle_time":
{ Args: { "bucket"?: string,"from"?: string,"to"?: string }; Returns: Database["public"]['CompositeTypes']["metric_settle_time"][]
                          SetofOptions: {
        from: "*"
        to: "metric_settle_time"
        isOneToOne: false
        isSetofReturn: true
      } },
"metric_snapshot":
{ Args: Record<PropertyKey, never>; Returns: Database["public"]['CompositeTypes']["metric_sample"][]
                          SetofOptions: {
        from: "*"
        to: "metric_sample"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_data":
{ Args: { "after"?: string,"page_size"?: number,"part"?: string }; Returns: Json
                           },
"my_entries":
{ Args: { "after"?: string,"page_size"?: number,"pot_id"?: string }; Returns: Database["public"]['CompositeTypes']["player_entry"][]
                          SetofOptions: {
        from: "*"
        to: "player_entry"
        isOneToOne: false
        isSetofReturn: true
      } },
"my_play_limits":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"my_receipt":
{ Args: { "entry_id": string }; Returns: Json
                           },
"my_wallet":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"pack_lock_entries":
{ Args: { "after_ticket"?: number,"page_size"?: number,"pot_id": string }; Returns: string
                           },
"pause_pot":
{ Args: { "pot_id": string,"reason": string }; Returns: Json
                           },
"prepare_checkpoint":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"publish_checkpoint":
{ Args: { "note": string }; Returns: Json
                           },
"purge_expired":
{ Args: { "limit_rows"?: number }; Returns: Json
                           },
"read_events":
{ Args: { "after"?: number,"consumer"?: string,"kinds"?: (string)[],"page_size"?: number }; Returns: Database["public"]['CompositeTypes']["outbox_event"][]
                          SetofOptions: {
        from: "*"
        to: "outbox_event"
        isOneToOne: false
        isSetofReturn: true
      } },
"read_export":
{ Args: { "after"?: string,"export_id": string,"page_size"?: number,"part": string }; Returns: Json
                           },
"register_beacon_chain":
{ Args: { "chain_hash": string,"genesis_time": number,"period_seconds": number,"public_key": string,"scheme": string }; Returns: Json
                           },
"register_signing_key":
{ Args: { "public_key": string,"purpose": string }; Returns: Json
                           },
"replay_webhook":
{ Args: { "delivery_id"?: number,"from_position"?: number,"webhook_id": string }; Returns: Json
                           },
"report_delivery":
{ Args: { "delivery_id": number,"error"?: string,"lease": string,"retry_after"?: number,"status"?: number }; Returns: Json
                           },
"report_spent_seed":
{ Args: { "lock_digest": string,"pot_id": string,"reveal_seed": string }; Returns: Json
                           },
"request_erasure":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"resume_pot":
{ Args: { "pot_id": string,"reason": string }; Returns: Json
                           },
"reveal_pot":
{ Args: { "pot_id": string,"reveal_seed": string,"settlement_signature": string }; Returns: Json
                           },
"review_flag":
{ Args: { "decision": string,"flag_id": string,"reason": string }; Returns: Json
                           },
"revoke_signing_key":
{ Args: { "kid": string,"reason": string }; Returns: Json
                           },
"roll_up_metrics":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"rotate_pepper":
{ Args: { "overlap_days"?: number,"reason": string }; Returns: Json
                           },
"rotate_pots":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"rotate_webhook_secret":
{ Args: { "overlap_seconds"?: number,"webhook_id": string }; Returns: Json
                           },
"run_due":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"run_watch":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"self_exclude":
{ Args: { "days": number }; Returns: Json
                           },
"sequence_events":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"set_flag_policy":
{ Args: { "effect": string,"kind": string,"min_score": number,"reason": string }; Returns: Json
                           },
"set_guard_rail":
{ Args: { "reason": string,"rule": string,"scope": string,"scope_id": string,"value": Json }; Returns: Json
                           },
"set_my_handle":
{ Args: { "handle": string }; Returns: Json
                           },
"set_officer":
{ Args: { "officer": boolean,"reason": string,"user_id": string }; Returns: Json
                           },
"set_play_limits":
{ Args: { "day": number,"month": number,"week": number }; Returns: Json
                           },
"set_retention":
{ Args: { "evidence_days"?: number,"key_days"?: number,"network_days"?: number,"reason": string }; Returns: Json
                           },
"set_staff":
{ Args: { "reason": string,"staff": boolean,"user_id": string }; Returns: Json
                           },
"start_cool_off":
{ Args: { "hours": number }; Returns: Json
                           },
"submit_beacon":
{ Args: { "attestation": string,"beacon_signature": string,"pot_id": string }; Returns: Json
                           },
"test_webhook":
{ Args: { "webhook_id": string }; Returns: Json
                           },
"update_webhook":
{ Args: { "active"?: boolean,"description"?: string,"events"?: Json,"min_prize"?: number,"url"?: string,"webhook_id": string }; Returns: Json
                           },
"upsert_pot_template":
{ Args: { "draw_version"?: number,"entry_cost": number,"fill_seconds"?: number,"max_per_user": number,"max_tickets": number,"min_participants"?: number,"name": string,"open_pots"?: number }; Returns: Json
                           },
"use_beacon_chain":
{ Args: { "chain_hash": string }; Returns: Json
                           },
"void_pot":
{ Args: { "pot_id": string,"reason": string }; Returns: Json
                           }
          }
          Enums: {
            "pot_status": "open"|"locked"|"settling"|"settled"|"cancelled"
          }
          CompositeTypes: {
            "alert": {
                        "alert_id": string | null,"kind": string | null,"severity": string | null,"status": string | null,"pot_id": string | null,"detail": Json | null,"occurrences": number | null,"opened_at": string | null,"last_at": string | null,"acknowledged_at": string | null,"acknowledged_by": string | null,"ack_reason": string | null,"closed_at": string | null
                      },"audit_chain_row": {
                        "seq": number | null,"action": string | null,"created_at": string | null,"payload": string | null,"payload_hash": string | null,"prev_hash": string | null,"row_hash": string | null
                      },"awaited_beacon": {
                        "pot_id": string | null,"chain_hash": string | null,"round": number | null,"round_time": string | null,"lock_digest": string | null
                      },"beacon_chain": {
                        "chain_hash": string | null,"public_key": string | null,"scheme": string | null,"genesis_time": number | null,"period_seconds": number | null,"in_use": boolean | null
                      },"case_summary": {
                        "pot_id": string | null,"status": Database["public"]['Enums']["pot_status"] | null,"paused": boolean | null,"needs": (string)[] | null,"open_flags": number | null,"holding_flags": number | null,"max_score": number | null,"alerts": (string)[] | null,"tickets_sold": number | null,"credits_committed": number | null,"participant_count": number | null,"created_at": string | null,"locks_at": string | null,"locked_at": string | null
                      },"claimed_delivery": {
                        "delivery_id": number | null,"lease": string | null,"webhook_id": string | null,"event_id": string | null,"kind": string | null,"url": string | null,"body": string | null,"secrets": (string)[] | null,"attempts": number | null
                      },"erasure_case": {
                        "user_id": string | null,"requested_at": string | null,"erased_at": string | null,"obstacle": Json | null
                      },"event_consumer": {
                        "consumer": string | null,"position": number | null,"waiting": number | null,"updated_at": string | null
                      },"flag_policy": {
                        "kind": string | null,"effect": string | null,"min_score": number | null,"updated_at": string | null,"proposed": boolean | null,"proposed_min_score": number | null,"proposed_by": string | null,"proposed_at": string | null,"proposal_ends_at": string | null,"proposed_by_me": boolean | null
                      },"fraud_flag": {
                        "flag_id": string | null,"pot_id": string | null,"entry_id": string | null,"user_id": string | null,"kind": string | null,"score": number | null,"evidence": Json | null,"status": string | null,"created_at": string | null,"reviewed_by": string | null,"reviewed_at": string | null,"reason": string | null
                      },"guard_rail": {
                        "rail_id": number | null,"scope": string | null,"scope_id": string | null,"rule": string | null,"value": Json | null,"reason": string | null,"updated_by": string | null,"updated_at": string | null
                      },"live_drop": {
                        "drop_id": number | null,"pot_id": string | null,"handle": string | null,"prize": number | null,"entry_cost": number | null,"settled_at": string | null,"dropped_at": string | null,"proof": string | null,"version": number | null
                      },"lock_entry": {
                        "first_ticket": number | null,"ticket_count": number | null,"entrant_tag": string | null
                      },"log_leaf": {
                        "leaf_index": number | null,"pot_id": string | null,"seq": number | null,"row_hash": string | null
                      },"metric_aborts": {
                        "bucket": string | null,"settled": number | null,"aborted": number | null,"voided": number | null,"reveal_overdue": number | null,"abort_rate": number | null,"voided_while_open": number | null,"lack_of_players": number | null,"seed_spent": number | null
                      },"metric_churn": {
                        "bucket": string | null,"players": number | null,"returned_within_day": number | null,"returned_within_week": number | null,"returned": number | null,"churn": number | null
                      },"metric_fill_time": {
                        "bucket": string | null,"pots": number | null,"filled": number | null,"within_target": number | null,"share": number | null,"peak_pots": number | null,"peak_within_target": number | null,"peak_share": number | null,"median_seconds": number | null,"p90_seconds": number | null,"distribution": Json | null
                      },"metric_flags": {
                        "bucket": string | null,"kind": string | null,"raised": number | null,"cleared": number | null,"upheld": number | null
                      },"metric_joins": {
                        "bucket": string | null,"joins": number | null,"tickets": number | null,"credits": number | null,"joins_per_second": number | null
                      },"metric_payouts": {
                        "bucket": string | null,"settled": number | null,"correct": number | null,"wrong": number | null,"accuracy": number | null
                      },"metric_refusals": {
                        "bucket": string | null,"event": string | null,"token": string | null,"refusals": number | null
                      },"metric_sample": {
                        "metric": string | null,"labels": Json | null,"value": number | null
                      },"metric_settle_time": {
                        "bucket": string | null,"settled": number | null,"within_two_minutes": number | null,"share": number | null,"median_seconds": number | null,"p99_seconds": number | null,"distribution": Json | null
                      },"officer": {
                        "user_id": string | null,"reason": string | null,"added_by": string | null,"added_at": string | null,"revoked_at": string | null
                      },"outbox_event": {
                        "position": number | null,"event_id": string | null,"kind": string | null,"schema_version": number | null,"pot_id": string | null,"actor": string | null,"correlation_id": string | null,"data": Json | null,"created_at": string | null
                      },"player_entry": {
                        "entry_id": string | null,"pot_id": string | null,"pot_status": Database["public"]['Enums']["pot_status"] | null,"ticket_count": number | null,"credits_spent": number | null,"entrant": string | null,"first_ticket": number | null,"created_at": string | null,"cancelled_at": string | null
                      },"pot_summary": {
                        "id": string | null,"status": Database["public"]['Enums']["pot_status"] | null,"paused": boolean | null,"entry_cost": number | null,"max_tickets": number | null,"max_per_user": number | null,"tickets_sold": number | null,"credits_committed": number | null,"participant_count": number | null,"fill_percent": number | null,"draw_version": number | null,"commit_tag": string | null,"commit_hash": string | null,"version": number | null,"created_at": string | null,"locks_at": string | null,"locked_at": string | null,"settled_at": string | null
                      },"staff_member": {
                        "user_id": string | null,"reason": string | null,"added_by": string | null,"added_at": string | null
                      },"webhook": {
                        "webhook_id": string | null,"url": string | null,"events": (string)[] | null,"min_prize": number | null,"description": string | null,"active": boolean | null,"circuit": string | null,"failures": number | null,"retry_at": string | null,"pending": number | null,"dead": number | null,"secret_created_at": string | null,"old_secret_until": string | null,"created_at": string | null
                      },"webhook_delivery": {
                        "delivery_id": number | null,"webhook_id": string | null,"event_id": string | null,"position": number | null,"kind": string | null,"pot_id": string | null,"status": string | null,"attempts": number | null,"next_attempt_at": string | null,"last_attempt_at": string | null,"last_status": number | null,"last_error": string | null,"created_at": string | null,"ended_at": string | null
                      }
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            "pot_status": ["open", "locked", "settling", "settled", "cancelled"]
          }
        }
} as const
