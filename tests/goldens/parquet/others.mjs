// Makes others-*.parquet, the rows of others.json as other programs write them: DuckDB, arrow-rs (parquet-wasm), Polars and
// hyparquet-writer. With `check FILE ROWS.jsonl` it reads FILE, which our writer made, with all of them and compares the rows.
// Needs: npm install @duckdb/node-api parquet-wasm apache-arrow nodejs-polars nodejs-polars-linux-x64-gnu hyparquet
// hyparquet-compressors hyparquet-writer
import fs from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import * as arrow from 'apache-arrow'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { parquetWriteBuffer } from 'hyparquet-writer'
import pl from 'nodejs-polars'
import * as rs from 'parquet-wasm/node'

const here = path.dirname(new URL(import.meta.url).pathname)
const at = name => path.join(here, name)
const connection = await (await DuckDBInstance.create(':memory:')).connect()
const query = async sql => (await connection.runAndReadAll(sql)).getRowObjectsJson()

async function make() {
  const rows = JSON.parse(fs.readFileSync(at('others.json'), 'utf8'))
  const columns = `columns = {id: 'BIGINT', label: 'VARCHAR', text: 'VARCHAR', score: 'DOUBLE', flag: 'BOOLEAN', choices: 'VARCHAR[]',
    turns: 'STRUCT(speaker VARCHAR, words VARCHAR[])[]', place: 'STRUCT(lat DOUBLE, name VARCHAR)'}`
  const table = `(select * from read_json('${at('others.json')}', ${columns}))`
  await query(`copy ${table} to '${at('others-duckdb-v1.parquet')}' (format parquet)`)
  await query(`copy ${table} to '${at('others-duckdb-v2.parquet')}' (format parquet, codec zstd, parquet_version v2, row_group_size 2048)`)
  const read = () => rs.readParquet(fs.readFileSync(at('others-duckdb-v1.parquet')))
  const put = (name, properties) => fs.writeFileSync(at(name), rs.writeParquet(read(), properties.build()))
  put('others-arrow-rs-v1.parquet', new rs.WriterPropertiesBuilder().setCompression(rs.Compression.BROTLI).setDataPageSizeLimit(256))
  put('others-arrow-rs-v2.parquet', new rs.WriterPropertiesBuilder().setWriterVersion(rs.WriterVersion.V2)
    .setCompression(rs.Compression.LZ4_RAW).setDictionaryEnabled(false))
  pl.readParquet(at('others-duckdb-v1.parquet')).writeParquet(at('others-polars.parquet'), { compression: 'gzip' })
  const column = (name, type) => ({ name, type, data: rows.map(row => name === 'id' ? BigInt(row[name]) : row[name]) })
  fs.writeFileSync(at('othersflat-hyparquet.parquet'), Buffer.from(parquetWriteBuffer({ columnData: [
    column('id', 'INT64'), column('label', 'STRING'), column('text', 'STRING'), column('score', 'DOUBLE'), column('flag', 'BOOLEAN')] })))
}

// Arrow's vectors and rows, BigInts and undefined as JSON has them.
function plain(value) {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(plain)
  if (value.constructor?.name !== 'StructRow' && typeof value.toArray === 'function') return [...value.toArray()].map(plain)
  const fields = value.constructor?.name === 'StructRow' ? value.toJSON() : value
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, plain(field)]))
}

function withoutNullStructs(value) {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(withoutNullStructs)
  const fields = Object.entries(value).map(([name, field]) => [name, withoutNullStructs(field)])
  return fields.every(([, field]) => field === null) ? null : Object.fromEntries(fields)
}

async function check(file, expectedFile) {
  const expected = fs.readFileSync(expectedFile, 'utf8').trim().split('\n').map(line => JSON.stringify(JSON.parse(line)))
  const found = {
    hyparquet: await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors }),
    'arrow-rs': arrow.tableFromIPC(rs.readParquet(fs.readFileSync(file)).intoIPCStream()).toArray(),
    polars: pl.readParquet(file).toRecords(),
    duckdb: (await query(`select to_json(t)::varchar as row from read_parquet('${file}') t`)).map(row => JSON.parse(row.row)),
  }
  for (const [reader, rows] of Object.entries(found)) {
    // The JavaScript side of Polars shows a null struct in a list as one of nulls.
    const shown = row => reader === 'polars' ? JSON.stringify(withoutNullStructs(JSON.parse(row))) : row
    const wrong = rows.map(row => JSON.stringify(plain(row))).findIndex((row, i) => shown(row) !== shown(expected[i]))
    console.log(reader, rows.length === expected.length && wrong < 0 ? `${rows.length} rows agree` : `row ${wrong} of ${rows.length} differs`)
  }
}

if (process.argv[2] === 'check') await check(process.argv[3], process.argv[4])
else await make()
