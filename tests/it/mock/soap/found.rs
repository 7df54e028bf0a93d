//! What is said of whom.

use super::*;

#[tokio::test]
async fn a_person_is_found_in_either_form() {
    let vtj = population().await;
    let [x_road, direct] = vtj.both(&Question::about("190585-9861").in_product("kirjasto1")).await;
    println!("{x_road}\n\n{direct}");
}
