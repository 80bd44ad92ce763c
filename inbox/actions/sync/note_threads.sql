-- For the threads of a slice: whom they are with, and how much of them we have. Answers how many of
-- them no sync had read before.
with given as (
    select * from jsonb_to_recordset(:threads) as given (
        person text, thread_id text, name text, username text, history text
    )
),
known as (
    select
        contact.id as contact_id, conversation.id, conversation.history as before,
        given.thread_id, given.history, given.name, given.username
    from given
    join contacts contact on contact.facebook_page_id = :page_id
        and case :platform when 'FACEBOOK' then messenger_psid else instagram_sid end
            = given.person
    join conversations conversation
        on conversation.contact_id = contact.id and conversation.platform = :platform
),
named as (
    update contacts contact set
        name = coalesce(contact.name, known.name),
        username = coalesce(contact.username, known.username),
        version = contact.version + 1
    from known
    where contact.id = known.contact_id
        and (contact.name is null and known.name is not null
            or contact.username is null and known.username is not null)
),
noted as (
    update conversations conversation set
        thread_id = known.thread_id, history = known.history, version = conversation.version + 1
    from known
    where conversation.id = known.id
        and (conversation.thread_id, conversation.history)
            is distinct from (known.thread_id, known.history)
)
select count(*) filter (where before is null) from known
