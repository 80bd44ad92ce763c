-- Stores the messages of deliveries (or of a slice of a sync) in one statement, one round trip.
--
-- $1 the deliveries' objects, $2 their raw bodies (none: do not journal), $3 the messages, a JSON
-- array, $4 the mode: LIVE; HISTORY, which raises no unread count and is left out of `/api/changes` (a sync
-- tells browsers to reload); REPAIR, which fills a hole: of the messages that say `counts`, those
-- newer than all we knew of their thread are unread. A new contact of a LIVE message gets a job that
-- fetches what Meta knows of them.
-- Each message is routed to its Page; contact and conversation are found or made; messages whose
-- mid is new are inserted with their attachments; the conversation's row is brought up to date and
-- reopened by a message of the person. A referral opens the reply window like a message does (Meta,
-- Send API guide). Imported messages have `changed_xid` 0.
-- Returns one row: the new messages, in the order of their time; of them those for which events came
-- early, and those that are late (their thread has a newer one already); and the counts that tell
-- whether to run again.
--
-- Run again, without the journal, when `conversations` < `threads`: a rival's first message of the
-- same person was in flight, and what it inserts is invisible to this statement's snapshot.
with delivery as (
    insert into webhook_deliveries (object, body) select * from unnest($1, $2)
),
event as (
    select distinct on (page.id, given.mid)
        given.*, page.id as page_id, page.organization_id
    from json_to_recordset($3) as given (
        n int, platform text, account text, person text, mid text, direction text, kind text,
        content text, snippet text, at timestamptz, counts bool, reply_to_mid text, extra jsonb,
        files jsonb, reactions jsonb, name text, username text
    )
    join facebook_pages page
        on (given.platform = 'FACEBOOK' and page.page_id = given.account)
        or (given.platform = 'INSTAGRAM' and page.instagram_account_id = given.account)
    order by page.id, given.mid, given.n
),
thread as (
    select
        page_id, organization_id, platform, person,
        max(name) as name, max(username) as username,
        count(*) filter (where counts) as unread,
        max(at) filter (
            where direction = 'INCOMING' and (kind = 'MESSAGE' or extra ? 'referral')
        ) as last_incoming_at,
        coalesce(max(at) filter (where kind = 'MESSAGE'), max(at)) as last_at,
        (array_agg(snippet order by kind = 'MESSAGE' desc, at desc, n desc))[1] as snippet,
        (array_agg(direction order by kind = 'MESSAGE' desc, at desc, n desc))[1] as direction
    from event group by 1, 2, 3, 4
),
known as ( -- by index, one look-up per thread: a join might read a whole table for one message
    select
        thread.page_id, thread.platform, thread.person, contact.id as contact_id,
        conversation.id as conversation_id, conversation.last_message_at,
        conversation.contact_read_at, conversation.contact_delivered_at
    from thread
    cross join lateral (
        select id from contacts
        where thread.platform = 'FACEBOOK'
            and facebook_page_id = thread.page_id and messenger_psid = thread.person
        union all
        select id from contacts
        where thread.platform = 'INSTAGRAM'
            and facebook_page_id = thread.page_id and instagram_sid = thread.person
        limit 1
    ) contact
    left join lateral (
        select id, last_message_at, contact_read_at, contact_delivered_at from conversations
        where contact_id = contact.id and platform = thread.platform
        limit 1
    ) conversation on true
),
new_contact as (
    insert into contacts (
        organization_id, facebook_page_id, messenger_psid, instagram_sid, name, username,
        last_interaction_at, profile_due_at
    )
    select
        organization_id, page_id,
        case platform when 'FACEBOOK' then person end,
        case platform when 'INSTAGRAM' then person end,
        name, username, last_at,
        -- Of thousands of old contacts whose names the list told, nobody waits for the pictures.
        case when $4 = 'LIVE' or coalesce(name, username) is null then now()
            else now() + (1 + 30 * random()) * interval '1 minute' end
    from thread left join known using (page_id, platform, person)
    where known.contact_id is null
    on conflict do nothing
    returning id, facebook_page_id as page_id, messenger_psid, instagram_sid
),
fetch_job as (
    insert into fetch_jobs (
        organization_id, facebook_page_id, contact_id, platform, message, due_at
    )
    select
        organization_id, page_id, made.id, thread.platform,
        'New message from ' || coalesce(name, '@' || username, 'User ' || right(person, 6)),
        now() + interval '5 seconds' -- for the sweep, should the nudge be lost
    from new_contact made
    join thread using (page_id)
    where $4 = 'LIVE' and person = case thread.platform
        when 'FACEBOOK' then made.messenger_psid else made.instagram_sid end
    returning id
),
lonely as ( -- contacts without a conversation
    select contact_id, page_id, platform, person from known where conversation_id is null
    union all
    select
        id, page_id,
        case when messenger_psid is null then 'INSTAGRAM' else 'FACEBOOK' end,
        coalesce(messenger_psid, instagram_sid)
    from new_contact
),
new_conversation as (
    insert into conversations (
        organization_id, facebook_page_id, contact_id, platform, unread_count,
        last_message_at, last_message_snippet, last_message_direction, last_incoming_at,
        changed_xid
    )
    select
        organization_id, page_id, contact_id, platform, unread,
        last_at, snippet, direction, last_incoming_at,
        case $4 when 'HISTORY' then '0' else pg_current_xact_id() end
    from lonely join thread using (page_id, platform, person)
    on conflict do nothing
    returning id, contact_id, platform
),
conversation as (
    select
        conversation_id as id, page_id, platform, person, contact_read_at, contact_delivered_at
    from known where conversation_id is not null
    union all
    select made.id, lonely.page_id, lonely.platform, lonely.person, null, null
    from new_conversation made join lonely using (contact_id, platform)
),
message as (
    insert into messages (
        organization_id, facebook_page_id, conversation_id, mid, direction, kind, content,
        sent_at, delivery, reply_to_mid, extra, reactions, changed_xid
    )
    select
        event.organization_id, event.page_id, conversation.id, event.mid, event.direction,
        event.kind, event.content, event.at,
        case -- a receipt may come before the echo of what it is for
            when event.direction = 'INCOMING' then 'SENT'
            when event.at <= conversation.contact_read_at then 'READ'
            when event.at <= conversation.contact_delivered_at then 'DELIVERED'
            else 'SENT'
        end,
        event.reply_to_mid, coalesce(event.extra, '{}'), coalesce(event.reactions, '[]'),
        case $4 when 'HISTORY' then '0' else pg_current_xact_id() end
    from event join conversation using (page_id, platform, person)
    order by event.page_id, event.mid -- the same order everywhere, so that rivals queue up
    -- A sync may have read a message before Meta delivered it: then it is live all the same, and its
    -- time, of which the sync was told whole seconds, is known.
    on conflict (facebook_page_id, mid) do update set
        sent_at = excluded.sent_at, version = messages.version + 1,
        changed_xid = excluded.changed_xid
    where $4 = 'LIVE' and messages.changed_xid = '0'
    returning
        id, organization_id, facebook_page_id as page_id, conversation_id, mid, direction, kind,
        sent_at
),
file as (
    insert into attachments (
        organization_id, message_id, position, type, source_url, name, payload, copy_state,
        copy_due_at
    )
    select
        message.organization_id, message.id, given.position, given.type, given.url, given.name,
        coalesce(given.payload, '{}'), case when given.url is null then 'NONE' else 'PENDING' end,
        -- What is due last is copied first: the files of an import come after those of today.
        case $4 when 'HISTORY' then least(message.sent_at, now()) else now() end
    from message
    join event using (page_id, mid)
    cross join jsonb_to_recordset(event.files) as given (
        position int, type text, url text, name text, payload jsonb
    )
    on conflict do nothing
),
news as (
    select
        message.conversation_id,
        count(*) filter (
            where event.counts and ($4 <> 'REPAIR' or sent_at > known.last_message_at)
        ) as unread,
        max(sent_at) filter (
            where message.direction = 'INCOMING'
                and (message.kind = 'MESSAGE' or event.extra ? 'referral')
        ) as last_incoming_at,
        max(sent_at) filter (where message.kind = 'MESSAGE') as last_at,
        (array_agg(event.snippet order by message.kind = 'MESSAGE' desc, sent_at desc, id desc))[1]
            as snippet,
        (array_agg(message.direction order by message.kind = 'MESSAGE' desc, sent_at desc, id desc))[1]
            as direction
    from message
    join event using (page_id, mid)
    join known using (conversation_id)
    group by 1
),
bumped as (
    update conversations conversation set
        unread_count = conversation.unread_count + news.unread,
        status = case when news.unread > 0 then 'OPEN' else conversation.status end,
        last_incoming_at = greatest(conversation.last_incoming_at, news.last_incoming_at),
        last_message_at = greatest(conversation.last_message_at, news.last_at),
        last_message_snippet = case
            when news.last_at >= conversation.last_message_at then news.snippet
            else conversation.last_message_snippet
        end,
        last_message_direction = case
            when news.last_at >= conversation.last_message_at then news.direction
            else conversation.last_message_direction
        end,
        version = conversation.version + 1,
        changed_xid = case $4
            when 'HISTORY' then conversation.changed_xid else pg_current_xact_id()
        end
    from news
    where conversation.id = news.conversation_id
)
select
    array_agg(id) as message_ids,
    array_agg(id) filter (where has_early_events) as awaited_ids,
    array_agg(id) filter (where is_late) as late_ids,
    (select count(*) from new_contact) as new_contacts,
    (select array_agg(id) from fetch_job) as fetch_job_ids,
    (select count(*) from conversation) as conversations,
    (select count(*) from thread) as threads
from (
    select
        message.id, message.sent_at, message.sent_at < known.last_message_at as is_late,
        exists (
            select from early_events early
            where early.facebook_page_id = message.page_id and early.mid = message.mid
        ) as has_early_events
    from message left join known using (conversation_id)
    order by sent_at, message.id
) as stored
